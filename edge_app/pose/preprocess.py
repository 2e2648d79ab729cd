"""From a frame to the network's input, and coordinates back.

Training evaluation, calibration, parity checks and the device share this one function, so that all
of them see the same numbers: RGB, scaled to [-1, 1], grey (128) outside the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

GREY = (128, 128, 128)
SCALED = np.arange(256, dtype=np.float32) * np.float32(1 / 127.5) - 1  # of each grey level


@dataclass(frozen=True)
class Transform:
    """An affine map from frame pixels to input pixels (pixel centres at whole numbers)."""

    matrix: np.ndarray  # (2, 3) float64

    @property
    def scale(self) -> float:
        """Input pixels per frame pixel."""
        (a, b, _), (c, d, _) = self.matrix.tolist()
        return float(abs(a * d - b * c) ** 0.5)

    def to_input(self, xy: np.ndarray) -> np.ndarray:
        """(..., 2) frame coordinates → input coordinates."""
        return np.asarray(xy @ self.matrix[:, :2].T + self.matrix[:, 2])

    def to_image(self, xy: np.ndarray) -> np.ndarray:
        """(..., 2) input coordinates → frame coordinates."""
        # By hand: for two rows LAPACK only wakes its threads, 10 ms on a busy CPU with numpy 1.26.
        (a, b, _), (c, d, _) = self.matrix.tolist()
        inverse = np.array([[d, -c], [-b, a]]) / (a * d - b * c)
        return np.asarray((xy - self.matrix[:, 2]) @ inverse)


def look_at(
    centre: tuple[float, float], side_px: float, turn_deg: float, input_hw: tuple[int, int]
) -> Transform:
    """A square of the frame, turned counter-clockwise by `turn_deg`, scaled to fill the input.

    Args:
        centre: x, y of the square's centre in frame pixels.
        side_px: side of the square that fits the shorter side of the input.
        turn_deg: 90 turns what points right in the frame to point up.
        input_hw: height and width of the input in pixels.
    """
    scale = min(input_hw) / side_px
    cos, sin = scale * np.cos(np.radians(turn_deg)), scale * np.sin(np.radians(turn_deg))
    linear = np.array([[cos, sin], [-sin, cos]])
    middle = np.array([(input_hw[1] - 1) / 2, (input_hw[0] - 1) / 2])
    return Transform(np.hstack([linear, (middle - linear @ np.asarray(centre))[:, None]]))


def letterbox(
    image_hw: tuple[int, int], input_hw: tuple[int, int], turn_deg: float = 0.0
) -> Transform:
    """The whole frame, turned, as large as fits."""
    height, width = image_hw
    cos, sin = abs(np.cos(np.radians(turn_deg))), abs(np.sin(np.radians(turn_deg)))
    shown_w, shown_h = width * cos + height * sin, width * sin + height * cos
    scale = min(input_hw[1] / shown_w, input_hw[0] / shown_h)
    centre = ((width - 1) / 2, (height - 1) / 2)
    return look_at(centre, min(input_hw) / scale, turn_deg, input_hw)


class Halved(NamedTuple):
    """A frame halved by area some times, as far as a warp reads it.

    A bilinear warp reads 4 pixels and would alias. OpenCV halves by area many times faster than it
    quarters; pixels at the right and lower edge of the frame that fill no pixel of the small
    picture are left out.

    Attributes:
        picture: (h, w, 3) uint8, BGR; only the part is filled.
        low, high: x, y of the part's first pixel, and of the one behind its last.
        halvings: how often, perhaps never.
    """

    picture: np.ndarray
    low: tuple[int, int]
    high: tuple[int, int]
    halvings: int

    @property
    def part(self) -> np.ndarray:
        """The filled part."""
        return self.picture[self.low[1] : self.high[1], self.low[0] : self.high[0]]


def halve(
    image: np.ndarray,
    transform: Transform,
    input_hw: tuple[int, int],
    margin: float = 0.0,
    memory: np.ndarray | None = None,
) -> Halved:
    """What a warp with this transform reads of a frame, halved as often as it needs.

    Args:
        image, transform, input_hw: as for `preprocess`.
        margin: of the input's size, how far beyond the input to read as well.
        memory: for the picture; used if it has the right shape.
    """
    halvings = _halvings(image, transform)
    low, high = _reads(image, transform, input_hw, halvings, margin)
    shape = image.shape[0] >> halvings, image.shape[1] >> halvings, 3
    if memory is None or memory.shape != shape:
        memory = np.empty(shape, np.uint8)
    (x0, y0), (x1, y1) = low, high
    part = image[y0 << halvings : y1 << halvings, x0 << halvings : x1 << halvings]
    for _ in range(halvings):
        size = part.shape[1] // 2, part.shape[0] // 2
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    halved = Halved(memory, low, high, halvings)
    halved.part[:] = part
    return halved


def preprocess(
    image: np.ndarray,
    transform: Transform,
    input_hw: tuple[int, int],
    out: np.ndarray | None = None,
    ahead: Halved | None = None,
) -> np.ndarray:
    """Warps a BGR uint8 frame into the network's input.

    Args:
        image: (height, width, 3) uint8, BGR.
        transform: where to look.
        input_hw: height and width of the result.
        out: filled and returned if given, so that a loop allocates nothing.
        ahead: of this frame, made before; saves time where it holds what the warp reads, and
            changes nothing.

    Returns:
        (1, 3, h, w) float32, RGB in [-1, 1].
    """
    matrix = transform.matrix
    small = _cut(image, transform, input_hw, ahead) if ahead else None
    if small is None and _halvings(image, transform):
        small = halve(image, transform, input_hw)
    if small is not None and not small.halvings:
        image = small.picture
    elif small is not None:
        # Pixel x' of the small picture is centred at factor (x' + ½) - ½ + x0 in the large one.
        factor = 2**small.halvings
        shift = transform.to_input(factor * np.array(small.low) + (factor - 1) / 2)
        image, matrix = small.part, np.hstack([matrix[:, :2] * factor, shift[:, None]])
    warped = cv2.warpAffine(
        image, matrix, (input_hw[1], input_hw[0]), flags=cv2.INTER_LINEAR, borderValue=GREY
    )
    if out is None:
        out = np.empty((1, 3, *input_hw), np.float32)
    for plane, channel in zip(out[0], cv2.split(warped)[::-1]):  # faster than a strided copy
        cv2.LUT(channel, SCALED, plane)
    return out


def _halvings(image: np.ndarray, transform: Transform) -> int:
    wanted = int(math.log2(max(1 / max(transform.scale, 1e-6), 1)))
    least_px: int = min(image.shape[:2])
    return min(wanted, least_px.bit_length() - 1)  # a pixel must be left


def _reads(
    image: np.ndarray,
    transform: Transform,
    input_hw: tuple[int, int],
    halvings: int,
    margin: float = 0.0,
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first pixel that a warp reads and the one behind the last, in the halved frame: x, y."""
    (a, b, dx), (c, d, dy) = transform.matrix.tolist()
    unit = (a * d - b * c) * 2**halvings
    left, top = -margin * input_hw[1] - 0.5 - dx, -margin * input_hw[0] - 0.5 - dy
    width, height = (1 + 2 * margin) * input_hw[1], (1 + 2 * margin) * input_hw[0]
    corners = [(u, v) for u in (left, left + width) for v in (top, top + height)]
    low_high = []  # along x, along y; by hand, since numpy takes ten times as long for four points
    for along, largest_px in (
        ([(u * d - v * b) / unit for u, v in corners], image.shape[1] >> halvings),
        ([(v * a - u * c) / unit for u, v in corners], image.shape[0] >> halvings),
    ):
        low = min(max(math.floor(min(along)) - 2, 0), largest_px - 1)
        low_high.append((low, min(max(math.ceil(max(along)) + 2, low + 1), largest_px)))
    (x0, x1), (y0, y1) = low_high
    return (x0, y0), (x1, y1)


def _cut(
    image: np.ndarray, transform: Transform, input_hw: tuple[int, int], ahead: Halved
) -> Halved | None:
    """What `halve` would give, cut from a larger part; None if that does not hold it."""
    halvings = _halvings(image, transform)
    if halvings != ahead.halvings:
        return None
    low, high = _reads(image, transform, input_hw, halvings)
    holds = ahead.low[0] <= low[0] and ahead.low[1] <= low[1]
    holds = holds and high[0] <= ahead.high[0] and high[1] <= ahead.high[1]
    return Halved(ahead.picture, low, high, halvings) if holds else None
