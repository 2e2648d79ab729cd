"""The network's answers are probabilities, and remember what came before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_app.exercise.witness.features import COUNT
from edge_app.exercise.witness.network import KINDS, OTHER, PHASES, WitnessNetwork

HIDDEN, DENSE, MIDDLE = 8, 6, 5
SHAPES = {
    "dense.weight": (DENSE, COUNT), "dense.bias": (DENSE,),
    "gru.weight_ih": (3 * HIDDEN, DENSE), "gru.bias_ih": (3 * HIDDEN,),
    "gru.weight_hh": (3 * HIDDEN, HIDDEN), "gru.bias_hh": (3 * HIDDEN,),
    "kind.weight": (KINDS, HIDDEN), "kind.bias": (KINDS,),
    "middle.weight": (MIDDLE, HIDDEN + KINDS), "middle.bias": (MIDDLE,),
    "phase.weight": (PHASES, MIDDLE), "phase.bias": (PHASES,),
}  # fmt: skip


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(0, 0.5, shape) for name, shape in SHAPES.items()}


def network() -> WitnessNetwork:
    return WitnessNetwork(arrays())


def test_answers_are_log_probabilities_of_each_person() -> None:
    made, rng = network(), np.random.default_rng(1)
    state = made.start(3)
    for _ in range(4):
        features = rng.normal(0, 1, (3, COUNT)).astype(np.float32)
        state = made.step(state, features)
    kind, phase = made.kind(state), made.phase(state, np.array([0, 4, OTHER]))
    assert kind.shape == (3, KINDS) and phase.shape == (3, PHASES)
    for logs in (kind, phase):
        np.testing.assert_allclose(np.exp(logs).sum(1), 1, atol=1e-5)
    assert np.abs(state).max() <= 1


def test_it_remembers_and_heeds_what_is_asked_for() -> None:
    made = network()
    features = np.ones((1, COUNT), np.float32)
    first = made.step(made.start(), features)
    phase, later = (made.phase(s, np.array([0])) for s in (first, made.step(first, features)))
    other = made.phase(first, np.array([5]))
    assert np.abs(later - phase).max() > 1e-4 and np.abs(other - phase).max() > 1e-4


def test_weights_come_from_a_file(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", **arrays())
    made, read = network(), WitnessNetwork.load(tmp_path / "a.npz")
    features = np.ones((1, COUNT), np.float32)
    one, other = made.step(made.start(), features), read.step(read.start(), features)
    np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(made.kind(one), read.kind(other))
