"""From a labelled picture to a training example: full-circle rotation, scale, flip, light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from edge_app.pose.preprocess import GREY
from edge_app.skeleton import INDEX, NECK, OPENPOSE_MIRROR, STRIDE

from .datasets import Sample, read_picture
from .targets import channel_weights, heatmap_targets, paf_targets

SMALLEST_SIDE_PX = 64  # smaller people are not enlarged to a blur


@dataclass(frozen=True)
class Augmentation:
    """The range of augmentation."""

    size: int = 224  # pixels of the square input
    upright_share: float = 0.5  # of the examples are turned torso up, like the runtime's crop
    upright_spread_deg: float = 25.0
    extent: tuple[float, float] = (0.35, 1.0)  # the person's larger side, as a share of the input
    shift: float = 0.12  # of the input's side
    erase_share: float = 0.25  # of the examples have a rectangle of one colour somewhere
    pair_share: float = 0.0  # of the examples show two pictures side by side: several people


PAIR_EXTENT, PAIR_SHIFT = (0.25, 0.6), 0.05  # people are smaller in a picture of a pair


def draw_example(
    samples: list[list[Sample]], shares: np.ndarray, how: Augmentation, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """A training example from randomly drawn pictures; returns the same as `example`.

    Args:
        samples: one list per data set.
        shares: (data sets,) share of draws from each.
    """

    def draw(how: Augmentation) -> dict[str, np.ndarray]:
        of_set = samples[rng.choice(len(samples), p=shares)]
        return example(of_set[rng.integers(len(of_set))], how, rng)

    if rng.random() >= how.pair_share:
        return draw(how)
    smaller = replace(how, extent=PAIR_EXTENT, shift=PAIR_SHIFT)
    return side_by_side(draw(smaller), draw(smaller), rng)


def side_by_side(
    a: dict[str, np.ndarray], b: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The middle of one example beside, or above, the middle of another.

    Most labelled pictures show one labelled person; a pair teaches several people. A channel is
    trained only if both pictures have labels for it.
    """
    cells = a["region"].shape[0]
    cut = int(rng.integers(cells // 3, cells - cells // 3 + 1))
    axis = int(rng.integers(-2, 0))
    pair = {}
    for key, unit in (("image", STRIDE), ("heatmaps", 1), ("pafs", 1), ("region", 1)):
        parts = []
        for whole, count in ((a[key], cut), (b[key], cells - cut)):
            first = (cells - count) // 2
            window = np.arange(first * unit, (first + count) * unit)
            parts.append(np.take(whole, window, axis))
        pair[key] = np.concatenate(parts, axis)
    return {**pair, "channels": np.minimum(a["channels"], b["channels"])}


def example(sample: Sample, how: Augmentation, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One training example.

    Returns:
        image (3, S, S) uint8 RGB; heatmaps (19, S/8, S/8); pafs (38, S/8, S/8);
        channels (57,): which have labels; region (S/8, S/8): 1 where an empty cell is really empty,
        0 where an unlabelled person may be, -1 where one is.
    """
    picture = read_picture(sample.image)
    matrix, mirrored = _random_affine(sample, picture.shape[:2], how, rng)
    warped = cv2.warpAffine(
        picture, matrix, (how.size, how.size), flags=cv2.INTER_LINEAR, borderValue=GREY
    )
    xy = sample.xy @ matrix[:, :2].T + matrix[:, 2]
    present, known = sample.present, sample.known
    if mirrored:
        xy, present, known = (v[:, OPENPOSE_MIRROR] for v in (xy, present, known))
    inside = ((xy > -0.5) & (xy < how.size - 0.5)).all(-1)
    size = (how.size, how.size)
    channels = channel_weights(known)
    region = _region(sample, matrix, how.size)
    if rng.random() < how.erase_share:
        _erase(warped, rng)
    warped = _light(warped, rng)
    return {
        "image": np.ascontiguousarray(warped[:, :, ::-1].transpose(2, 0, 1)),
        "heatmaps": heatmap_targets(xy, present & inside, size),
        "pafs": paf_targets(xy, present, size),
        "channels": channels,
        "region": region,
    }


def _random_affine(
    sample: Sample, shape: tuple[int, int], how: Augmentation, rng: np.random.Generator
) -> tuple[np.ndarray, bool]:
    """2×3 matrix from picture to input, and whether it mirrors."""
    angle = rng.uniform(-180, 180)
    extent = rng.uniform(*how.extent)
    if len(sample.xy):
        who = rng.integers(len(sample.xy))
        x, y, w, h = sample.box[who]
        centre = np.array([x + w / 2, y + h / 2])
        side = max(w, h)
        torso = _torso_deg(sample.xy[who], sample.present[who])
        if torso is not None and rng.random() < how.upright_share:
            angle = torso + rng.normal(0, how.upright_spread_deg)
        if not sample.everyone and rng.random() < 0.25:
            side = max(side, 0.8 * max(shape))  # the whole picture: the runtime's search view
    else:
        centre, side = np.array(shape[::-1]) / 2, 0.6 * max(shape)
    scale = how.size * extent / max(side, SMALLEST_SIDE_PX)
    mirrored = bool(rng.random() < 0.5)
    cos, sin = scale * np.cos(np.radians(angle)), scale * np.sin(np.radians(angle))
    linear = np.array([[cos, sin], [-sin, cos]])
    if mirrored:
        linear[0] *= -1
    target = how.size / 2 + rng.uniform(-how.shift, how.shift, 2) * how.size
    return np.hstack([linear, (target - linear @ centre)[:, None]]), mirrored


def _torso_deg(xy: np.ndarray, present: np.ndarray) -> float | None:
    """Angle for the affine that makes the torso upright; None if the torso is not visible."""
    hips = [i for i in (INDEX["right_hip"], INDEX["left_hip"]) if present[i]]
    if not present[NECK] or not hips:
        return None
    up = xy[NECK] - xy[hips].mean(0)
    return float(np.degrees(np.arctan2(up[0], -up[1])))


def _region(sample: Sample, matrix: np.ndarray, size: int) -> np.ndarray:
    cells = size // STRIDE
    to_cells = np.vstack([matrix, [0, 0, 1]])
    to_cells = (np.diag([1 / STRIDE, 1 / STRIDE, 1]) @ to_cells)[:2]
    region = np.full((cells, cells), 1.0 if sample.everyone else 0.0, np.float32)
    if not sample.everyone:
        for box in sample.box:
            cv2.fillConvexPoly(region, _corners(box, to_cells, 0.15), 1.0)
    for box in sample.ignore:
        cv2.fillConvexPoly(region, _corners(box, to_cells, 0.05), -1.0)
    return region


def _corners(box: np.ndarray, matrix: np.ndarray, margin: float) -> np.ndarray:
    x, y, w, h = box
    m = margin * max(w, h)
    corners = np.array(
        [[x - m, y - m], [x + w + m, y - m], [x + w + m, y + h + m], [x - m, y + h + m]]
    )
    return np.round(corners @ matrix[:, :2].T + matrix[:, 2]).astype(np.int32)


def _erase(image: np.ndarray, rng: np.random.Generator) -> None:
    size = len(image)
    h, w = rng.integers(size // 12, size // 4, 2)
    y, x = rng.integers(0, size - h), rng.integers(0, size - w)
    image[y : y + h, x : x + w] = rng.integers(0, 256, 3)


def _light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Varies gain, offset, gamma and tint by a look-up table; sometimes blur, noise or grey."""
    levels = np.arange(256, dtype=np.float32)[:, None] / 255
    gamma = rng.uniform(0.6, 1.7)
    tint = rng.normal(1, 0.06, 3)
    table = np.clip(levels**gamma * rng.uniform(0.6, 1.35) * tint + rng.uniform(-0.1, 0.1), 0, 1)
    image = cv2.LUT(image, np.round(table * 255).astype(np.uint8)[:, None, :])
    chance = rng.random()
    if chance < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.8))
    elif chance < 0.2:
        image = _motion_blur(image, rng)
    elif chance < 0.3:
        noise = rng.normal(0, rng.uniform(3, 14), image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.06:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return image


def _motion_blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), rng.uniform(0, 180), 1)
    turned = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(image, -1, turned / max(turned.sum(), 1e-6))
