"""Stored pose tracks of real clips, replayed through the counter.

The tracks are what this project's network saw in clips that others made; no picture is kept. The
expected counts are the ones a person counted, with the margin the clip's ends leave.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.sinks.track import load_track

TRACKS = Path(__file__).parent / "data" / "tracks"
with (TRACKS / "tracks.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["track"] for row in ROWS])
def test_the_count_of_a_stored_track(row: dict[str, str]) -> None:
    counter = RepCounter(find_exercise(row["exercise"]))
    reps = [r for pose in load_track(TRACKS / row["track"]) for r in counter.update(pose)]
    reps += counter.finish()
    assert int(row["lowest"]) <= sum(r.counted for r in reps) <= int(row["highest"])
    assert all(a.end_s <= b.start_s for a, b in zip(reps, reps[1:]))
