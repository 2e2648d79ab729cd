"""The second witness at work: it watches, and is asked about what it has seen."""

from __future__ import annotations

import math
from collections import deque
from functools import lru_cache
from pathlib import Path

import numpy as np

from edge_app.exercise.resample import RATE_HZ as POSES_HZ
from edge_app.exercise.witness import features
from edge_app.exercise.witness.features import FeatureReader
from edge_app.exercise.witness.network import DELAY, EXERCISES, KINDS, WitnessNetwork
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
    """Watches one person; whoever asks names the exercise.

    Args:
        network: another one than ships.
    """

    def __init__(self, network: WitnessNetwork | None = None) -> None:
        self._network = network or shipped()
        self._reader, self._state = FeatureReader(), self._network.start()
        self._given = 0  # poses
        self._times: deque[float] = deque(maxlen=DELAY + 1)  # of the last samples
        # When it was, and the network's state when it has seen it.
        self._seen: deque[tuple[float, np.ndarray]] = deque(maxlen=int(KEPT_S * features.RATE_HZ))

    def update(self, pose: Pose) -> None:
        """Adds a pose, at the resampler's regular times."""
        self._given += 1
        if self._given % EVERY:
            return
        sample = self._reader.update(pose.xy[None], pose.score[None])
        self._state = self._network.step(self._state, sample)
        self._times.append(pose.t_s)
        if len(self._times) > DELAY:
            self._seen.append((self._times[0], self._state[0]))

    def moving(self, exercise: str, start_s: float, end_s: float) -> float:
        """Mean probability that a repetition went on then; NaN if nothing was seen of that time.

        Args:
            exercise: one of `EXERCISES`.
        """
        states = self._states(start_s, end_s)
        if not len(states):
            return math.nan
        asked = np.full(len(states), EXERCISES.index(exercise))
        resting = np.exp(self._network.phase(states, asked)[:, 0])
        return float(1 - resting.mean())

    def kinds(self, start_s: float, end_s: float) -> np.ndarray:
        """Mean probabilities of what went on then: (KINDS,); all 0 if nothing was seen."""
        states = self._states(start_s, end_s)
        if not len(states):
            return np.zeros(KINDS, np.float32)
        mean: np.ndarray = np.exp(self._network.kind(states)).mean(0)
        return mean

    def _states(self, start_s: float, end_s: float) -> np.ndarray:
        found = [state for t_s, state in self._seen if start_s <= t_s <= end_s]
        return np.array(found, np.float32).reshape(len(found), self._network.hidden)
