"""Rotations, and limbs that reach for a point."""

from __future__ import annotations

import numpy as np

from models.gym.body import Figure

SIDES = {"L": 1.0, "R": -1.0}  # the sign of x on that side of the body


def turn(axis: str, angle_deg: np.ndarray | float) -> np.ndarray:
    """Rotation matrices (..., 3, 3) about a coordinate axis; positive x leans a figure forward."""
    angle = np.radians(np.asarray(angle_deg, np.float64))
    out = np.zeros((*angle.shape, 3, 3))
    i, j, k = {"x": (0, 1, 2), "y": (1, 2, 0), "z": (2, 0, 1)}[axis]
    out[..., i, i] = 1
    out[..., j, j] = out[..., k, k] = np.cos(angle)
    out[..., k, j] = np.sin(angle)
    out[..., j, k] = -np.sin(angle)
    return out


def unit(vector: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1."""
    return vector / np.maximum(np.linalg.norm(vector, axis=-1, keepdims=True), 1e-9)


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cross products (..., 3); NumPy's own takes five times as long on so few vectors."""
    first, second = [1, 2, 0], [2, 0, 1]
    return a[..., first] * b[..., second] - a[..., second] * b[..., first]


def frame(along: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Orthonormal axes (..., 3, 3) in columns; the first two span `along` and `side`."""
    first = unit(along)
    second = unit(side - (side * first).sum(-1, keepdims=True) * first)
    return np.stack([first, second, cross(first, second)], axis=-1)


def align(rest_along: np.ndarray, rest_side: np.ndarray, along: np.ndarray, side: np.ndarray):
    """The rotation that takes one pair of directions to another: (..., 3, 3)."""
    return frame(along, side) @ np.swapaxes(frame(rest_along, rest_side), -1, -2)


class Limb:
    """Two bones with a hinge between them: an arm or a leg of one figure."""

    def __init__(self, figure: Figure, upper: str, lower: str, end: str, hinge: np.ndarray | None):
        self.upper, self.lower = upper, lower
        self.rest_upper = figure.joint(lower) - figure.joint(upper)
        self.rest_lower = figure.joint(end) - figure.joint(lower)
        self.lengths = (
            float(np.linalg.norm(self.rest_upper)),
            float(np.linalg.norm(self.rest_lower)),
        )
        self.hinge = np.cross(self.rest_upper, self.rest_lower) if hinge is None else hinge

    @staticmethod
    def arm(figure: Figure, side: str) -> Limb:
        """Shoulder to wrist."""
        return Limb(figure, f"upperarm01.{side}", f"lowerarm01.{side}", f"wrist.{side}", None)

    @staticmethod
    def leg(figure: Figure, side: str) -> Limb:
        """Hip to ankle; the rest pose has the knee nearly straight, so its axis is given."""
        hinge = np.array([1.0, 0.0, 0.0])
        return Limb(figure, f"upperleg01.{side}", f"lowerleg01.{side}", f"foot.{side}", hinge)

    @property
    def reach(self) -> float:
        """Length of the straight limb, metres."""
        return sum(self.lengths)

    def solve(self, start: np.ndarray, end: np.ndarray, pole: np.ndarray) -> dict[str, np.ndarray]:
        """Turns of both bones that extend the limb from `start` towards `end`.

        Args:
            start, end: (frames, 3); an end out of reach is approached with the limb straight.
            pole: (frames, 3) or (3,) direction in which the middle joint is pushed out.
        """
        first, second = self.lengths
        axis = unit(end - start)
        gap = np.linalg.norm(end - start, axis=-1)
        gap = np.clip(gap, abs(first - second) + 1e-3, 0.999 * self.reach)
        along = (first**2 - second**2 + gap**2) / (2 * gap)
        out = np.sqrt(np.maximum(first**2 - along**2, 0))
        pole = np.broadcast_to(pole, start.shape)
        side = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
        upper = along[:, None] * axis + out[:, None] * side
        lower = gap[:, None] * axis - upper
        hinge = cross(side, axis)
        return {
            self.upper: align(self.rest_upper, self.hinge, upper, hinge),
            self.lower: align(self.rest_lower, self.hinge, lower, hinge),
        }

    def bend_deg(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """The inner angle at the middle joint for each pair of ends, degrees: 180 is straight."""
        first, second = self.lengths
        gap = np.linalg.norm(end - start, axis=-1)
        cosine = (first**2 + second**2 - gap**2) / (2 * first * second)
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def hand_turn(figure: Figure, side: str, fingers: np.ndarray, palm: np.ndarray) -> np.ndarray:
    """The wrist's orientation with the fingers pointing one way and the palm facing another.

    Args:
        fingers, palm: (frames, 3) or (3,) directions.
    """
    rest_fingers = figure.joint(f"finger3-1.{side}") - figure.joint(f"wrist.{side}")
    thumbward = figure.joint(f"finger2-1.{side}") - figure.joint(f"finger5-1.{side}")
    rest_palm = np.cross(rest_fingers, thumbward) * SIDES[side]
    return align(rest_fingers, rest_palm, fingers, palm)


def closed_hand(
    figure: Figure, side: str, wrist: np.ndarray, curl_deg: np.ndarray
) -> dict[str, np.ndarray]:
    """Turns of the fingers (not the thumb), side by side, each joint bent a little more.

    Args:
        wrist: (frames, 3, 3) its orientation.
        curl_deg: (frames,) of each of the three joints.
    """
    rest = {n: figure.joint(f"finger{n}-2.{side}") - figure.joint(f"finger{n}-1.{side}")
            for n in range(2, 6)}  # fmt: skip
    across = figure.joint(f"finger5-1.{side}") - figure.joint(f"finger2-1.{side}")
    palm = unit(np.cross(rest[3], across)) * -SIDES[side]
    hinge = unit(np.cross(rest[3], palm))
    out = {}
    for number, own in rest.items():
        together = align(own, palm, rest[3], palm)
        for joint in range(1, 4):
            bent = _about(hinge, joint * curl_deg) @ together
            out[f"finger{number}-{joint}.{side}"] = wrist @ bent
    return out


def _about(axis: np.ndarray, angle_deg: np.ndarray) -> np.ndarray:
    """Rotations about any axis (3,) of length 1, by Rodrigues' formula: (frames, 3, 3)."""
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(angle_deg)[:, None, None]
    return np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew
