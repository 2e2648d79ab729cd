"""Checks whether the student can be judged from here, and if not, what is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge_app.exercise.definition import Exercise, Ready
from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.rep import Reason
from edge_app.skeleton import INDEX
from edge_app.values import Pose

SEEN = 0.15  # score above which a joint counts as seen; the counter accepts less
HELD_S = 0.5  # everything must be seen for this long before the countdown
FORGIVEN_S = 0.4  # a joint may be unseen for this long before it counts as missing
HEADSTAND_S = 3.0  # people on their heads for this long: the camera hangs upside down
TRUNK_DOWN, HIP_DOWN = -0.85, -1.0  # torso lengths; lying with the head to the camera is less
UPSIDE_DOWN = Reason("upside_down", "The picture seems to be upside down: turn it under Settings.")


def needed_joints(exercise: Exercise) -> tuple[str, ...]:
    """Joints, without a side, that are necessary to judge the exercise."""
    return exercise.keypoints


def missing_joints(pose: Pose, needed: tuple[str, ...]) -> tuple[str, ...]:
    """The necessary joints that are seen on neither side."""
    return tuple(joint for joint in needed if not _seen(pose, joint))


def _seen(pose: Pose, joint: str) -> bool:
    names = [joint] if joint in INDEX else [f"right_{joint}", f"left_{joint}"]
    return any(pose.score[INDEX[name]] >= SEEN for name in names)


@dataclass(frozen=True)
class Lack:
    """What is missing before an attempt can begin; empty if nothing is."""

    joints: tuple[str, ...] = ()  # without a side
    pose: tuple[Reason, ...] = ()  # postures the body must take


class Readiness:
    """Tracks what is missing, without flicker.

    Attributes:
        lack: what has been missing for more than a moment.
        complete: everything is seen and the posture is right in the current pose. A picture that
            seems upside down is said, but keeps nobody from beginning.
        ready: complete for long enough to begin.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._needed, self._asked = needed_joints(exercise), exercise.ready
        self._reader = ParameterReader()
        self._well_s: dict[str, float] = {}  # when each joint and each condition was last fulfilled
        self._complete_since_s: float | None = None
        self._upright_s: float | None = None  # when somebody last stood, sat or lay as people do
        self.lack = Lack()
        self.complete = self.ready = False

    def update(self, pose: Pose) -> Lack:
        """Adds one pose; returns what has been missing for more than a moment."""
        away = missing_joints(pose, self._needed)
        parameters = self._reader.read(pose)
        wrong = [r for r in self._asked if not _met(r, parameters[r.parameter])]
        well = [j for j in self._needed if j not in away]
        well += [r.code for r in self._asked if r not in wrong]
        self._well_s.update(dict.fromkeys(well, pose.t_s))
        self.complete = not away and not wrong
        if not self.complete:
            self._complete_since_s = None
        elif self._complete_since_s is None:
            self._complete_since_s = pose.t_s
        since_s = self._complete_since_s
        self.ready = since_s is not None and pose.t_s - since_s >= HELD_S
        joints = tuple(j for j in self._needed if self._long_wrong(j, pose.t_s))
        # Ask for missing joints first: posture advice comes when the whole body is seen.
        told = () if joints else tuple(r for r in self._asked if self._long_wrong(r.code, pose.t_s))
        reasons = tuple(Reason(r.code, r.sentence) for r in told)
        self.lack = Lack(joints, (UPSIDE_DOWN,) if self._on_the_head(parameters, pose) else reasons)
        return self.lack

    def _on_the_head(self, parameters: dict[str, float], pose: Pose) -> bool:
        down = parameters["trunk_rise"] < TRUNK_DOWN and parameters["hip_rise"] < HIP_DOWN
        if not down or self._upright_s is None:
            self._upright_s = pose.t_s
        return pose.t_s - self._upright_s > HEADSTAND_S

    def _long_wrong(self, what: str, t_s: float) -> bool:
        return t_s - self._well_s.get(what, float("-inf")) > FORGIVEN_S


def _met(ready: Ready, value: float) -> bool:
    return math.isnan(value) or ready.min <= value <= ready.max
