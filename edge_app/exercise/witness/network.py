"""The second witness's network in numpy: one dense layer, one GRU, two answers.

GRU of Cho et al. 2014 (arXiv 1406.1078) in torch's form. About 40,000 weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

import numpy as np

EXERCISES = (
    "sit-up", "crunch", "v-sit-up", "push-up", "squat", "lunge", "pull-up", "curl", "jumping-jack",
    "burpee", "plank", "rope-skipping",
)  # fmt: skip
OTHER, UNUSABLE = len(EXERCISES), len(EXERCISES) + 1  # something else; nobody usable
KINDS = len(EXERCISES) + 2
BINS = 6  # of the phase, from leaving rest over the turn and back
PHASES = BINS + 1  # and rest, which is 0
DELAY = 6  # samples: each answer is about the moment 0.4 s ago


class WitnessNetwork:
    """Weights, and one step of many people side by side.

    Args:
        weights: by torch's names, as `models.witness.train` writes them.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        w = {name: np.ascontiguousarray(np.asarray(v, np.float32).T) for name, v in weights.items()}
        self._w = w
        self.hidden = w["gru.weight_hh"].shape[0]
        # The asked exercise enters as a one-hot vector: as a bias of its own.
        self._asked = w["middle.weight"][self.hidden :] + w["middle.bias"]

    @staticmethod
    def load(path: Path) -> WitnessNetwork:
        """From an .npz file."""
        with np.load(path) as stored:
            return WitnessNetwork({name: stored[name] for name in stored.files})

    def start(self, batch: int = 1) -> np.ndarray:
        """The state before the first sample."""
        return np.zeros((batch, self.hidden), np.float32)

    def step(self, state: np.ndarray, features: np.ndarray) -> np.ndarray:
        """The next state: (batch, hidden), after a sample (batch, COUNT)."""
        w, size = self._w, self.hidden
        x = np.maximum(features @ w["dense.weight"] + w["dense.bias"], 0)
        given = x @ w["gru.weight_ih"] + w["gru.bias_ih"]
        kept = state @ w["gru.weight_hh"] + w["gru.bias_hh"]
        gates = 1 / (1 + np.exp(-(given[:, : 2 * size] + kept[:, : 2 * size])))
        reset, update = gates[:, :size], gates[:, size:]
        new = np.tanh(given[:, 2 * size :] + reset * kept[:, 2 * size :])
        after: np.ndarray = new + update * (state - new)
        return after

    def kind(self, state: np.ndarray) -> np.ndarray:
        """Log probabilities of what went on `DELAY` samples ago: (batch, KINDS)."""
        return _log_softmax(state @ self._w["kind.weight"] + self._w["kind.bias"])

    def phase(self, state: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """Log probabilities of the phase of an exercise `DELAY` samples ago: (batch, PHASES).

        Args:
            asked: (batch,) number of the exercise that is counted, `OTHER` if none was named.
        """
        middle = np.maximum(state @ self._w["middle.weight"][: self.hidden] + self._asked[asked], 0)
        return _log_softmax(middle @ self._w["phase.weight"] + self._w["phase.bias"])


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(1, keepdims=True)
    result: np.ndarray = x - np.log(np.exp(x).sum(1, keepdims=True))
    return result
