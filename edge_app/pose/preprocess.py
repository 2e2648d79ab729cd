"""From a frame to the network's input, and coordinates back.

Training evaluation, calibration, parity checks and the device share this one function, so that all
of them see the same numbers: RGB, scaled to [-1, 1], grey (128) outside the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

GREY = (128, 128, 128)


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


def preprocess(
    image: np.ndarray,
    transform: Transform,
    input_hw: tuple[int, int],
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Warps a BGR uint8 frame into the network's input.

    Args:
        image: (height, width, 3) uint8, BGR.
        transform: from frame to input pixels.
        input_hw: height and width of the input in pixels.
        out: (1, 3, h, w) float32 to fill, instead of a new array.

    Returns:
        (1, 3, h, w) float32, RGB in [-1, 1].
    """
    matrix = transform.matrix
    halvings = int(np.log2(max(1 / max(transform.scale, 1e-6), 1)))
    halvings = min(halvings, min(image.shape[:2]).bit_length() - 1)  # a pixel must be left
    if halvings > 0:  # a bilinear warp reads 4 pixels: shrink by area first, or it aliases
        image, matrix = _halved(image, transform, input_hw, halvings)
    warped = cv2.warpAffine(
        image, matrix, (input_hw[1], input_hw[0]), flags=cv2.INTER_LINEAR, borderValue=GREY
    )
    if out is None:
        out = np.empty((1, 3, *input_hw), np.float32)
    for plane, channel in zip(out[0], cv2.split(warped)[::-1]):  # faster than a strided copy
        np.multiply(channel, np.float32(1 / 127.5), out=plane)
    out -= 1
    return out


def _halved(
    image: np.ndarray, transform: Transform, input_hw: tuple[int, int], halvings: int
) -> tuple[np.ndarray, np.ndarray]:
    """The part of a frame that a warp reads, halved some times, and the matrix from there.

    OpenCV halves by area many times faster than it quarters; up to `factor` - 1 pixels at the right
    and lower edge that fill no pixel of the small picture are left out.
    """
    factor = 2**halvings
    height, width = input_hw
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) - 0.5
    seen = transform.to_image(corners) / factor
    largest = np.array([image.shape[1], image.shape[0]]) // factor
    low = np.clip(np.floor(seen.min(0)) - 2, 0, largest - 1).astype(int)
    high = np.clip(np.ceil(seen.max(0)) + 2, low + 1, largest).astype(int)
    (x0, y0), (x1, y1) = (factor * low).tolist(), (factor * high).tolist()
    part = image[y0:y1, x0:x1]
    for _ in range(halvings):
        size = part.shape[1] // 2, part.shape[0] // 2
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    # Pixel x' of the small picture is centred at factor (x' + ½) - ½ + x0 in the large one.
    shift = transform.to_input(np.array([x0, y0]) + (factor - 1) / 2)
    return part, np.hstack([transform.matrix[:, :2] * factor, shift[:, None]])
