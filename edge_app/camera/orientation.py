"""How a picture is turned before anybody looks at it."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np

ROTATIONS_DEG = (0, 90, 180, 270)


@dataclass(frozen=True)
class Orientation:
    """A clockwise turn, then perhaps an exchange of left and right.

    Attributes:
        rotate_deg: 0, 90, 180 or 270, clockwise.
        mirror: exchanges left and right, after the turn.
    """

    rotate_deg: int = 0
    mirror: bool = False

    def apply(self, image: np.ndarray) -> np.ndarray:
        """The picture as it is shown: (h, w, 3), or (w, h, 3) after a quarter turn."""
        import cv2  # not for parsing an address

        turns = {
            90: cv2.ROTATE_90_CLOCKWISE,
            180: cv2.ROTATE_180,
            270: cv2.ROTATE_90_COUNTERCLOCKWISE,
        }
        if self.rotate_deg:
            image = cv2.rotate(image, turns[self.rotate_deg])
        return cv2.flip(image, 1) if self.mirror else image


UPRIGHT = Orientation()


def of_display_matrix(matrix: bytes) -> Orientation:
    """The orientation that a file's display matrix asks for.

    Args:
        matrix: 9 native int32 as FFmpeg keeps them: (x, y) of a picture that is stored goes to
            (a x + c y, b x + d y) of one that is shown, with a, b, _, c, d the first five.
    """
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    mirrored = a * d - b * c < 0
    if mirrored:  # mirrored first, then turned: the same as turned the other way, then mirrored
        a, b = -a, -b
    turn_deg = round(math.degrees(math.atan2(b, a)) / 90) * 90
    return Orientation((-turn_deg if mirrored else turn_deg) % 360, mirrored)
