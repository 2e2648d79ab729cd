"""Checks that the exercise's joints are seen and the body is in its posture."""

from __future__ import annotations

import math

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.definition import Exercise
from edge_app.exercise.geometry import BOTH, MIN_SCORE
from edge_app.values import Pose

HELD_S = 0.4  # time constant of the average over which a condition must hold


class PostureGate:
    """Checks the exercise's posture; each condition must hold most of the time.

    Args:
        exercise: with its postures and required keypoints.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._keypoints = exercise.keypoints
        self._held = [(posture, EnvelopeFollower(HELD_S, HELD_S)) for posture in exercise.posture]
        self._broken_s = [-math.inf] * len(self._held)  # when each was last found broken

    def update(self, pose: Pose, parameters: dict[str, float], resting: bool) -> bool:
        """Adds one pose and its parameters; a missing one (NaN) keeps its condition unchanged."""
        t_s = pose.t_s
        for index, (posture, held) in enumerate(self._held):
            value = parameters[posture.parameter]
            if math.isnan(value) or (posture.when == "rest" and not resting):
                held.touch(t_s)
            else:
                held.update(float(posture.min <= value <= posture.max), t_s)
            if held.value < 0.5:
                self._broken_s[index] = t_s
        fits = all(
            not held.value < 0.5 and t_s - broken_s >= posture.again_s
            for (posture, held), broken_s in zip(self._held, self._broken_s)
        )
        return fits and all_visible(pose, self._keypoints)


def visible(pose: Pose, joint: str) -> bool:
    """Whether the joint, or one of its two sides, was found."""
    return any(pose.score[index] >= MIN_SCORE for index in BOTH[joint])


def all_visible(pose: Pose, joints: tuple[str, ...]) -> bool:
    """Whether each of the joints, or one of its two sides, was found."""
    return all(visible(pose, joint) for joint in joints)
