"""Painted surfaces: floors, walls and cloth; images of 2^n by 2^n texels that may be repeated."""

from __future__ import annotations

import cv2
import numpy as np

Colour = tuple[int, int, int]
FLOOR_PX, FLOOR_TEXEL_M = 1024, 0.012  # 12.3 m
WALL_PX, WALL_TEXEL_M = 512, 0.016  # 8.2 m
CLOTH_PX, CLOTH_TEXEL_M = 256, 0.0085  # 2.2 m: a figure with its arms half raised
LEVELS = 4  # of a texture, each half as large as the one before
PATTERNS = ("plain", "plain", "bands", "pinstripes", "checks", "dots", "panels", "logo", "logo",
            "number", "noise", "fade")  # fmt: skip


def dye(rng: np.random.Generator) -> Colour:
    """White, black, grey or a colour from pale to strong, RGB."""
    if rng.random() < 0.4:
        grey = int(rng.choice([28, 45, 90, 150, 215, 238]))
        return near(rng, (grey, grey, grey))
    hue, depth, light = rng.random(), rng.uniform(0.4, 0.95), rng.uniform(60, 225)
    wheel = np.clip(np.abs((hue * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    return near(rng, tuple(light * (1 - depth * (1 - wheel))))


def near(rng: np.random.Generator, colour: tuple) -> Colour:
    """A colour a little off the given one."""
    red, green, blue = np.clip(np.asarray(colour) + rng.normal(0, 6, 3), 0, 255).astype(int)
    return int(red), int(green), int(blue)


def wall_paint(rng: np.random.Generator) -> Colour:
    """The muted colours of rooms."""
    strong = np.asarray(dye(rng))
    share = rng.choice([0.1, 0.2, 0.4])
    return near(rng, tuple((1 - share) * rng.uniform(70, 235) + share * strong))


def smooth_noise(rng: np.random.Generator, px: int, cells: int) -> np.ndarray:
    """Soft blotches around 0 with spread 1: (px, px) float32."""
    grid = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return cv2.resize(grid, (px, px), interpolation=cv2.INTER_CUBIC)


def texture_levels(image: np.ndarray) -> list[np.ndarray]:
    """The image and its halves, each the mean of four texels."""
    levels = [image]
    for _ in range(LEVELS - 1):
        rows, columns = levels[-1].shape[:2]
        levels.append(
            cv2.resize(levels[-1], (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
        )
    return levels


def cloth(rng: np.random.Generator, base: Colour, trim: Colour, pattern: str) -> np.ndarray:
    """A garment's cloth, its chest in the middle of row 70: (CLOTH_PX, CLOTH_PX, 3) uint8."""
    px, other = CLOTH_PX, dye(rng)
    image = np.full((px, px, 3), base, np.float32)
    y, x = np.mgrid[:px, :px]
    if pattern == "bands":
        period = int(rng.integers(6, 22))
        image[y % period < rng.uniform(0.25, 0.6) * period] = trim
    elif pattern == "pinstripes":
        image[x % int(rng.integers(4, 14)) < rng.integers(1, 4)] = trim
    elif pattern == "checks":
        period = int(rng.integers(6, 26))
        for axis in (x, y):
            image[axis % period < 0.4 * period] = 0.5 * image[
                axis % period < 0.4 * period
            ] + 0.5 * np.asarray(trim)
    elif pattern == "dots":
        period = int(rng.integers(6, 18))
        image[np.hypot(x % period - period / 2, y % period - period / 2) < 0.28 * period] = trim
    elif pattern == "panels":
        image[np.abs(x - px / 2) > rng.uniform(14, 24)] = trim
    elif pattern == "logo":
        image = _logo(rng, image, trim, other)
    elif pattern == "number":
        text, size = str(rng.integers(1, 100)), rng.uniform(0.6, 1.1)
        image = _written(image, text, (int(px / 2 - 14 * size), 82), size, trim, 3)
    elif pattern == "noise":
        cells = int(rng.integers(16, 70))
        image[smooth_noise(rng, px, cells) > 0.35] = trim
        image[smooth_noise(rng, px, cells) > 0.7] = other
    elif pattern == "fade":
        share = np.clip((y / px - 0.2) / rng.uniform(0.2, 0.5), 0, 1)[..., None]
        image = image * (1 - share) + np.asarray(trim) * share
    folds = 0.05 * smooth_noise(rng, px, 24) + 0.05 * smooth_noise(rng, px, 60)
    return np.clip(image * (1 + folds[..., None]), 0, 255).astype(np.uint8)


def _logo(rng: np.random.Generator, image: np.ndarray, trim: Colour, other: Colour) -> np.ndarray:
    """A print on the chest: a shape, a word, or both."""
    middle = (CLOTH_PX // 2 + int(rng.normal(0, 4)), 72 + int(rng.normal(0, 3)))
    radius = int(rng.integers(4, 12))
    if rng.random() < 0.5:
        cv2.circle(image, middle, radius, trim, -1, cv2.LINE_AA)
        cv2.circle(image, middle, radius // 2, other, -1, cv2.LINE_AA)
    else:
        corners = np.asarray(middle) + rng.integers(-radius, radius + 1, (5, 2))
        cv2.fillPoly(image, [corners.astype(np.int32)], trim, cv2.LINE_AA)
    if rng.random() < 0.5:
        letters = "".join(rng.choice(list("ACEFGHKLMNOPRSTUX"), 4))
        start = (middle[0] - 16, middle[1] + radius + 8)
        image = _written(image, letters, start, 0.4, other, 1)
    return image


def _written(image, text: str, start: tuple[int, int], size: float, colour: Colour, thick: int):
    flat = image.astype(np.uint8)  # OpenCV writes on bytes only
    cv2.putText(flat, text, start, 0, size, colour, thick, cv2.LINE_AA)
    return flat.astype(np.float32)


def floor(rng: np.random.Generator) -> np.ndarray:
    """Boards, lino, rubber, carpet or stone, often with a court's lines: uint8 RGB."""
    px = FLOOR_PX
    kind = rng.choice(["boards", "boards", "lino", "rubber", "carpet", "tiles"])
    if kind == "boards":
        base = np.array([186, 140, 92]) * rng.uniform(0.6, 1.15) + rng.normal(0, 10, 3)
        board = int(rng.integers(6, 16))
        shade = np.repeat(rng.normal(1, 0.06, (px // board + 1, 8)), px // 8, axis=1)
        image = base * np.repeat(shade, board, axis=0)[:px, :, None]
        grain = cv2.resize(rng.normal(0, 1, (px, px // 60)).astype(np.float32), (px, px))
        image = image + 5 * grain[..., None]
        image[::board] *= 0.8
    else:
        base = np.asarray(wall_paint(rng)) * (0.5 if kind == "rubber" else 0.9)
        image = base + 6 * smooth_noise(rng, px, 40)[..., None]
        fine = {"lino": 3.0, "rubber": 0.0, "carpet": 14.0, "tiles": 4.0}[str(kind)]
        image = image + fine * rng.normal(0, 1, (px, px, 1))
        if kind == "rubber":
            image[rng.random((px, px)) < 0.02] = dye(rng)
        if kind == "tiles":
            side = int(rng.integers(24, 90))
            image[::side] *= 0.75
            image[:, ::side] *= 0.75
    image = np.ascontiguousarray(image, np.float32)
    if rng.random() < 0.45:
        _court(rng, image)
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2)
    return np.clip(image, 0, 255).astype(np.uint8)


def _court(rng: np.random.Generator, image: np.ndarray) -> None:
    for _ in range(rng.integers(1, 6)):
        start, end = rng.integers(0, FLOOR_PX, (2, 2)).tolist()
        if rng.random() < 0.3:
            cv2.circle(image, start, int(rng.integers(60, 300)), dye(rng), 4, cv2.LINE_AA)
            continue
        end = [end[0], start[1]] if rng.random() < 0.5 else [start[0], end[1]]
        cv2.line(image, start, end, dye(rng), int(rng.integers(3, 7)))


def wall(rng: np.random.Generator) -> np.ndarray:
    """A painted wall, row 0 at the floor: panels, wall bars, bricks, posters, doors; uint8 RGB."""
    px, metre = WALL_PX, 1 / WALL_TEXEL_M
    image = np.full((px, px, 3), wall_paint(rng), np.float32)
    if rng.random() < 0.3:
        rows = int(rng.integers(5, 14))
        image[::rows] *= 0.85
        for row in range(0, px, rows):
            image[row : row + rows, (row // rows % 2) * rows :: 2 * rows] *= 0.85
    if rng.random() < 0.6:
        image[: int(rng.uniform(0.6, 2.0) * metre)] = wall_paint(rng)
    for _ in range(rng.integers(0, 4)):
        left, low = int(rng.uniform(0, px)), int(rng.uniform(0, 1.8) * metre)
        right, high = (
            left + int(rng.uniform(0.4, 2) * metre),
            low + int(rng.uniform(0.4, 2) * metre),
        )
        cv2.rectangle(image, (left, low), (right, high), wall_paint(rng), -1)
        cv2.rectangle(image, (left, low), (right, high), dye(rng), int(rng.integers(1, 4)))
    if rng.random() < 0.35:
        _wall_bars(rng, image, metre)
    image *= 1 + 0.03 * smooth_noise(rng, px, 12)[..., None]
    return np.clip(image, 0, 255).astype(np.uint8)


def _wall_bars(rng: np.random.Generator, image: np.ndarray, metre: float) -> None:
    wood = np.array([190, 145, 95]) * rng.uniform(0.7, 1.1)
    left, width, high = int(rng.uniform(0, 300)), int(rng.uniform(1, 3) * metre), int(2.5 * metre)
    part = image[:high, left : left + width]
    for row in range(6, high, 9):
        part[row : row + 3] = wood
    part[:, :: int(0.9 * metre)] = wood * 0.9
    part[:, 1 :: int(0.9 * metre)] = wood * 0.9


def clutter(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Soft blotches, hard rectangles and lines, as what lies behind: (height, width, 3) uint8."""
    grey = rng.uniform(20, 235, (int(rng.integers(2, 9)), int(rng.integers(2, 9)), 1))
    coarse = grey + rng.normal(0, rng.choice([6, 15, 40]), (*grey.shape[:2], 3))
    image = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(rng.integers(3, 22)):
        start = (rng.random(2) * [width, height]).astype(int).tolist()
        end = (start + rng.normal(0, 0.25, 2) * [width, height]).astype(int).tolist()
        if rng.random() < 0.6:
            cv2.rectangle(image, start, end, wall_paint(rng), -1)
        else:
            cv2.line(image, start, end, dye(rng), int(rng.integers(1, 9)), cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 3)), 0, 255).astype(np.uint8)
