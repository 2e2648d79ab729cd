"""Decides which of several people does the exercise, by one pose of each."""

from __future__ import annotations

import math

import numpy as np

from edge_app.exercise.definition import Exercise
from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.posture import visible
from edge_app.pose.person import Person
from edge_app.values import Pose

UNKNOWN = 0.5  # fit of a condition whose joints are not seen


class PostureFit:
    """How well a pose fits the exercise's posture at rest, 0 to 1.

    For sit-ups, the student lying on the mat fits; a helper kneeling at the feet and a classmate
    walking by do not.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise

    def __call__(self, person: Person) -> float:
        score = person.score.clip(0, 1).astype(np.float32)
        pose = Pose(person.xy.astype(np.float32), score, 0.0)
        parameters = ParameterReader().read(pose)
        shares = [float(visible(pose, joint)) for joint in self._exercise.keypoints]
        for posture in self._exercise.posture:
            value = parameters[posture.parameter]
            inside = float(posture.min <= value <= posture.max)
            shares.append(UNKNOWN if math.isnan(value) else inside)
        return sum(shares) / len(shares) if shares else 1.0
