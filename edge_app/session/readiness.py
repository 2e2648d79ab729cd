"""Whether the student can be judged from here, and if not, what is missing."""

from __future__ import annotations

from edge_app.exercise.definition import Exercise
from edge_app.pose.skeleton import INDEX
from edge_app.values import Pose

SEEN = 0.15  # score above which a joint is surely seen; the counter makes do with less
HELD_S = 0.5  # everything must be seen for so long before the countdown
FORGIVEN_S = 0.4  # a joint may be away for so long before it is called missing


def needed_joints(exercise: Exercise) -> tuple[str, ...]:
    """Joints, without a side, that the exercise cannot be judged without."""
    return exercise.keypoints


def missing_joints(pose: Pose, needed: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the needed joints that are seen on neither side."""
    return tuple(joint for joint in needed if not _seen(pose, joint))


def _seen(pose: Pose, joint: str) -> bool:
    names = [joint] if joint in INDEX else [f"right_{joint}", f"left_{joint}"]
    return any(pose.score[INDEX[name]] >= SEEN for name in names)


class Readiness:
    """Follows which joints are missing, and does not flicker.

    Attributes:
        complete: everything is seen in this very pose.
        ready: everything has been seen long enough to begin.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._needed = needed_joints(exercise)
        self._seen_s: dict[str, float] = {}
        self._complete_since_s: float | None = None
        self.complete = self.ready = False

    def update(self, pose: Pose) -> tuple[str, ...]:
        """One pose; the joints that have been missing for more than a moment."""
        away = missing_joints(pose, self._needed)
        for joint in self._needed:
            if joint not in away:
                self._seen_s[joint] = pose.t_s
        self.complete = not away
        if away:
            self._complete_since_s = None
        elif self._complete_since_s is None:
            self._complete_since_s = pose.t_s
        since_s = self._complete_since_s
        self.ready = since_s is not None and pose.t_s - since_s >= HELD_S
        never = float("-inf")
        return tuple(j for j in self._needed if pose.t_s - self._seen_s.get(j, never) > FORGIVEN_S)
