"""The shipped second witness, at the counter's own pace."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from edge_app.exercise.resample import Resampler
from edge_app.exercise.witness.network import EXERCISES, OTHER, WitnessNetwork
from edge_app.exercise.witness.watch import KEPT_S, WEIGHTS, Witness, shipped
from edge_app.sinks.track import load_track
from edge_app.values import Pose
from tests.pose.people import standing

TRACKS = Path(__file__).parents[2] / "data" / "tracks"


def watched(poses: list[Pose]) -> Witness:
    witness, resampler = Witness(), Resampler()
    for pose in poses:
        for one in resampler.update(pose):
            witness.update(one)
    return witness


def test_it_knows_squats_from_push_ups() -> None:
    poses = list(load_track(TRACKS / "squat__Joe-Lo0716__1.npz"))
    end_s = poses[-1].t_s
    witness = watched(poses)
    assert witness.moving("squat", 0, end_s) > 0.45
    assert witness.moving("push-up", 0, end_s) < 0.2
    kinds = witness.kinds(0, end_s)
    assert kinds.sum() == pytest.approx(1, abs=1e-4)
    assert EXERCISES[int(kinds[:OTHER].argmax())] == "squat"


def test_somebody_who_stands_does_nothing() -> None:
    random = np.random.default_rng(0)
    body = standing(128, 128).astype(np.float32)
    score = np.full(18, 0.8, np.float32)
    poses = [Pose(body + random.normal(0, 0.5, (18, 2)).astype(np.float32), score, k / 30)
             for k in range(300)]  # fmt: skip
    witness = watched(poses)
    for exercise in ("sit-up", "push-up", "squat"):
        assert witness.moving(exercise, 2, 9) < 0.1
    assert witness.kinds(2, 9).argmax() == OTHER


def test_what_was_not_seen_is_not_known() -> None:
    witness = watched([Pose.nobody(k / 30) for k in range(40 * 30)])
    assert math.isnan(witness.moving("squat", 39.7, 40)), "it answers 0.4 s late"
    assert math.isnan(witness.moving("squat", 0, 38 - KEPT_S)), "memory is bounded"
    assert witness.moving("squat", 30, 39) < 0.5
    assert not witness.kinds(39.7, 40).any()


def test_the_weights_are_few_and_whole() -> None:
    assert WEIGHTS.stat().st_size < 100_000
    network = shipped()
    assert network is shipped()
    assert network.hidden == 64 and len(EXERCISES) == 12
    with np.load(WEIGHTS) as stored:
        assert sum(stored[name].size for name in stored.files) <= 60_000
        assert all(np.isfinite(stored[name]).all() for name in stored.files)


def test_another_network_can_be_given() -> None:
    silent = {name: 0 * w for name, w in np.load(WEIGHTS).items()}
    witness = Witness(WitnessNetwork(silent))
    for pose in load_track(TRACKS / "squat__Joe-Lo0716__1.npz"):
        witness.update(pose)
    assert witness.moving("squat", 0, 3) == pytest.approx(6 / 7)
