"""The way of a movement: joints from rest to the turn and back, tabulated once per student."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.gym.moves.joints import Skeleton, anchored, blended, middle
from models.gym.student import Posture

STEPS = 41
# Even in the phase angle, so that the ends, where the movement is slow, are as fine as the middle.
DEPTH = (1 - np.cos(np.linspace(0, np.pi, STEPS))) / 2


@dataclass(frozen=True)
class Path:
    """Joints on the way out and on the way back: (STEPS, 17, 3) at the depths of DEPTH."""

    out: np.ndarray
    back: np.ndarray

    @staticmethod
    def of(skeleton: Skeleton, posture_at: Callable[[np.ndarray], Posture]) -> Path:
        """The same way out and back; `posture_at` takes depths (STEPS,) from 0 to 1."""
        return Path.to_and_fro(skeleton(posture_at(DEPTH)))

    @staticmethod
    def to_and_fro(joints: np.ndarray) -> Path:
        """The same way out and back; joints (STEPS, 17, 3)."""
        return Path(joints, joints)

    @property
    def one_way(self) -> bool:
        """Whether the way back is another one; then it can turn only at the end."""
        return self.out is not self.back

    def at(self, depth: np.ndarray, back: np.ndarray) -> np.ndarray:
        """Joints (frames, 17, 3) at depths (frames,) in 0 to 1, `back` true on the way back."""
        at = np.arccos(np.clip(1 - 2 * depth, -1, 1)) * ((STEPS - 1) / np.pi)
        low = np.minimum(at.astype(int), STEPS - 2)
        part = (at - low)[:, None, None]
        table = np.stack([self.out, self.back])
        way = back.astype(int)
        return np.asarray((1 - part) * table[way, low] + part * table[way, low + 1])


def chain(depth: np.ndarray, knots: Sequence[float], poses: Sequence[np.ndarray]) -> np.ndarray:
    """Poses (1, 17, 3) one after another, eased between the knots: (frames, 17, 3)."""
    out = np.zeros((len(depth), 17, 3))
    for low, high, first, second in zip(knots, knots[1:], poses, poses[1:]):
        here = (depth >= low) & (depth <= high)
        if here.any():
            share = (depth[here] - low) / (high - low)
            out[here] = blended(first, second, share * share * (3 - 2 * share))
    return out


def kept(first: np.ndarray, second: np.ndarray, contact: str) -> np.ndarray:
    """The second pose moved over the floor so that its contact is where the first one's is."""
    return anchored(second, contact, middle(first, contact))
