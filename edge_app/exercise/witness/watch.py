"""The second witness at work: how likely it is, moment by moment, that a repetition is going on."""

from __future__ import annotations

import math
from collections import deque
from functools import lru_cache
from pathlib import Path

import numpy as np

from edge_app.exercise.resample import RATE_HZ as POSES_HZ
from edge_app.exercise.witness import features
from edge_app.exercise.witness.features import FeatureReader
from edge_app.exercise.witness.network import DELAY, EXERCISES, WitnessNetwork
from edge_app.values import Pose

WEIGHTS = Path(__file__).with_name("witness.npz")
KEPT_S = 30.0  # how long what was seen is remembered
EVERY = round(POSES_HZ / features.RATE_HZ)  # of the resampled poses is a sample
LATE_S = DELAY / features.RATE_HZ  # how late the network says what it saw


@lru_cache(maxsize=1)
def shipped() -> WitnessNetwork:
    """The network that ships."""
    return WitnessNetwork.load(WEIGHTS)


class Witness:
    """Watches one person for one exercise.

    Args:
        exercise: one of `EXERCISES`.
        network: another one than ships.
    """

    def __init__(self, exercise: str, network: WitnessNetwork | None = None) -> None:
        self._network = network or shipped()
        self._asked = np.array([EXERCISES.index(exercise)])
        self._reader, self._state = FeatureReader(), self._network.start()
        self._given = 0  # poses
        self._times: deque[float] = deque(maxlen=DELAY + 1)  # of the last samples
        self._seen: deque[tuple[float, float]] = deque(maxlen=int(KEPT_S * features.RATE_HZ))

    def update(self, pose: Pose) -> None:
        """Adds a pose, at the resampler's regular times."""
        self._given += 1
        if self._given % EVERY:
            return
        sample = self._reader.update(pose.xy[None], pose.score[None])
        self._state = self._network.step(self._state, sample)
        self._times.append(pose.t_s)
        if len(self._times) > DELAY:
            phase = self._network.phase(self._state, self._asked)
            moving = -math.expm1(min(float(phase[0, 0]), 0.0))  # rest is phase 0
            self._seen.append((self._times[0], moving))

    def moving(self, start_s: float, end_s: float) -> float:
        """Mean probability, 0 to 1, that a repetition went on then; NaN if that was not seen."""
        seen = [value for t_s, value in self._seen if start_s <= t_s <= end_s]
        return sum(seen) / len(seen) if seen else math.nan
