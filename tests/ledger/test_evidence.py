"""Evidence is small, exact, and never quietly wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_app.ledger.evidence import Sample, join, pack, track_of, unpack
from edge_app.values import Pose


def _samples(frames: int, seed: int) -> list[Sample]:
    rng = np.random.default_rng(seed)
    made = []
    for i in range(frames):
        xy = rng.uniform(-50, 4000, (18, 2)).astype(np.float32)
        score = rng.uniform(0, 1, 18).astype(np.float32)
        seen = {"hip_deg": rng.uniform(0, 180)} if rng.random() < 0.7 else {"ratio": math.nan}
        progress = math.nan if rng.random() < 0.3 else rng.normal()
        made.append(Sample(Pose(xy, score, i / 30 + 1e-7 * i).rounded(), progress, seen))
    return made


@given(st.integers(1, 40), st.integers(0, 99))
def test_a_track_comes_back(frames: int, seed: int) -> None:
    track = track_of(_samples(frames, seed))
    back = unpack(pack(track))
    np.testing.assert_array_equal(back.t_s, track.t_s)
    np.testing.assert_array_equal(back.points, track.points)
    np.testing.assert_allclose(back.progress, track.progress, atol=0.0006)
    assert list(back.parameters) == list(track.parameters)
    for name, values in track.parameters.items():
        np.testing.assert_allclose(back.parameters[name], values, atol=0.0006)


def test_parts_join_even_where_a_parameter_came_later() -> None:
    nobody = Pose.nobody(0.0)
    first = track_of([Sample(nobody, 0.5, {"hip_deg": 90.0})])
    later = track_of([Sample(nobody, 0.5, {"knee_deg": 80.0})])
    whole = join([first, later])
    np.testing.assert_array_equal(whole.parameters["hip_deg"], [90.0, np.nan])
    np.testing.assert_array_equal(whole.parameters["knee_deg"], [np.nan, 80.0])
    assert len(join([]).poses()) == 0


def test_what_has_no_measure_is_nothing() -> None:
    samples = [Sample(Pose.nobody(0.0), math.inf, {"a": math.nan, "b": -1e30})]
    track = unpack(pack(track_of(samples)))
    assert math.isnan(track.progress[0]) and math.isnan(track.parameters["a"][0])
    assert track.parameters["b"][0] == -1e6


def test_a_cut_or_changed_blob_is_damaged() -> None:
    blob = pack(track_of(_samples(30, 1)))
    for cut in (0, 1, 100, len(blob) - 30):
        with pytest.raises(ValueError, match="damaged"):
            unpack(blob[:cut])
    for at in range(0, len(blob), 97):
        changed = blob[:at] + bytes([blob[at] ^ 0xFF]) + blob[at + 1 :]
        try:
            back = unpack(changed)
        except ValueError:
            continue
        np.testing.assert_array_equal(back.points, unpack(blob).points)


@given(st.data())
@settings(deadline=None)
def test_whatever_replaces_a_part_of_a_blob_is_damage_or_nothing(data: st.DataObject) -> None:
    """A page of the disk: NumPy meets headers that are no Python."""
    blob = pack(track_of(_samples(3, 1)))
    at = data.draw(st.integers(0, len(blob) - 1))
    part = data.draw(st.one_of(st.binary(max_size=64), st.integers(1, 4096).map(bytes)))
    try:
        back = unpack(blob[:at] + part + blob[at + len(part) :])
    except ValueError:
        return
    np.testing.assert_array_equal(back.points, unpack(blob).points)
