"""A running attempt on its way into the ledger, on both databases."""

from __future__ import annotations

import math
from typing import Callable

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.ledger import Ledger
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_evidence_comes_back_to_the_digit(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    rng = np.random.default_rng(1)
    poses = []
    for i in range(100):
        xy, score = rng.uniform(0, 1920, (18, 2)), rng.uniform(0, 1, 18)
        pose = Pose(xy.astype(np.float32), score.astype(np.float32), i / 30).rounded()
        recording.sample(pose, math.nan if i == 3 else i / 100, {"hip_deg": 90.0 + i})
        poses.append(pose)
        if i == 50:
            recording.add(make_verdict(1))  # the evidence goes out in two parts
    recording.end("stopped")
    track = ledger.results.track(recording.id)
    assert [p.t_s for p in track.poses()] == [p.t_s for p in poses]
    for got, given in zip(track.poses(), poses):
        np.testing.assert_array_equal(got.xy, given.xy)
        np.testing.assert_array_equal(got.score, given.score)
    assert math.isnan(track.progress[3])
    assert track.parameters["hip_deg"][99] == 189.0


def test_the_seconds_of_a_hold_are_the_result(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    for number, (counted, seconds) in enumerate([(True, 40), (False, 7), (True, 12)], 1):
        recording.add(make_verdict(number, counted, value=seconds))
    recording.end("stopped")
    (attempt,) = ledger.results.attempts()
    assert (attempt.counted, attempt.score, attempt.repetitions, attempt.rejected) == (52, 52, 3, 1)
    attempt = ledger.correct(recording.id, "repetition", "rejected", "Ms Li", "hips down", 3)
    assert (attempt.counted, attempt.score) == (52, 40)
    values = [r.value for r in ledger.results.attempt(recording.id).repetitions]
    assert values == [40, 7, 12]
