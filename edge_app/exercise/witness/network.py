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
        self._weights = {name: np.asarray(w, np.float32) for name, w in weights.items()}
        self.hidden = self._weights["gru.weight_hh"].shape[1]

    @staticmethod
    def load(path: Path) -> WitnessNetwork:
        """From an .npz file."""
        with np.load(path) as stored:
            return WitnessNetwork({name: stored[name] for name in stored.files})

    def start(self, batch: int = 1) -> np.ndarray:
        """The state before the first sample."""
        return np.zeros((batch, self.hidden), np.float32)

    def step(
        self, state: np.ndarray, features: np.ndarray, asked: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One sample.

        Args:
            state: (batch, hidden). features: (batch, COUNT).
            asked: (batch,) number of the exercise that is counted, `OTHER` if none was named.

        Returns:
            The next state; log probabilities of the kind (batch, KINDS) and of the phase of the
            asked exercise (batch, PHASES), both `DELAY` samples ago.
        """
        w = self._weights
        x = np.maximum(features @ w["dense.weight"].T + w["dense.bias"], 0)
        given = x @ w["gru.weight_ih"].T + w["gru.bias_ih"]
        kept = state @ w["gru.weight_hh"].T + w["gru.bias_hh"]
        size = self.hidden
        reset = _sigmoid(given[:, :size] + kept[:, :size])
        update = _sigmoid(given[:, size : 2 * size] + kept[:, size : 2 * size])
        new = np.tanh(given[:, 2 * size :] + reset * kept[:, 2 * size :])
        state = (1 - update) * new + update * state
        kind = state @ w["kind.weight"].T + w["kind.bias"]
        prior = np.eye(KINDS, dtype=np.float32)[asked]
        both = np.concatenate([state, prior], axis=1)
        middle = np.maximum(both @ w["middle.weight"].T + w["middle.bias"], 0)
        phase = middle @ w["phase.weight"].T + w["phase.bias"]
        return state, _log_softmax(kind), _log_softmax(phase)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = 1 / (1 + np.exp(-x))
    return result


def _log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(1, keepdims=True)
    result: np.ndarray = x - np.log(np.exp(x).sum(1, keepdims=True))
    return result
