"""The clips that ship: they are there, and their counts are the manifest's."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.camera import samples
from edge_app.errors import InputError
from edge_app.tools.manifest import read_manifest


def test_their_counts_are_those_of_the_manifest(data: Path) -> None:
    told = {
        c.path.name: (c.exercise, c.lowest, c.highest) for c in read_manifest(data / "clips.csv")
    }
    assert {s.path.name: (s.exercise, s.count, s.count) for s in samples.SAMPLES} == told


def test_one_that_is_missing_is_said() -> None:
    with pytest.raises(
        InputError, match=r"the clip lunge\.mp4 is missing: install edge-reps again"
    ):
        samples.Sample("lunge", 3).path  # noqa: B018


def test_the_wheel_takes_them_all() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    for sample in samples.SAMPLES:
        name = f"{sample.exercise}.mp4"
        assert f'"tests/data/{name}" = "edge_app/samples/{name}"' in project
