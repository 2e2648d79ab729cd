"""Counts under changes, and their table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.sinks.track import load_track
from edge_app.tools.manifest import Clip
from edge_app.tools.robustness import study
from edge_app.tools.robustness.rows import Rows
from edge_app.tools.robustness.study import AS_STORED, Changed, count_changed, random_of, table
from edge_app.tools.robustness.variants import VARIANTS, Track, Variant
from edge_app.values import Pose

CLIP = Clip(Path("squat__luizfcharry__2.mp4"), "squat", 4, 5, ((0.35, 2.0),), "luizfcharry")


def half(track: Track, random: np.random.Generator) -> list[Pose]:
    return list(track[: len(track) // 2])


def same(track: Track, random: np.random.Generator) -> list[Pose]:
    return list(track)


@pytest.fixture
def poses(data: Path) -> list[Pose]:
    return list(load_track(data / "tracks" / "squat__luizfcharry__2.npz"))


def test_a_change_that_changes_nothing_or_cuts_a_repetition_is_left_out(
    poses: list[Pose], tmp_path: Path
) -> None:
    variants = (
        Variant("half", half),
        Variant("same", same),
        Variant("cut", half, cut_s=0.4),
        Variant("short cut", half, cut_s=0.3),
    )
    found = count_changed(CLIP, "squat", poses, Rows(tmp_path / "rows"), variants)
    assert [c.variant for c in found] == [AS_STORED, "half", "short cut"]
    whole, halved, _ = found
    assert 0 < halved.after.counted < whole.after.counted
    assert halved.before == whole.before == whole.after


def test_a_resumed_run_counts_nothing_again_and_another_track_does(
    poses: list[Pose], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    real = study.reps_of
    monkeypatch.setattr(study, "reps_of", lambda e, p: counted.append(len(p)) or real(e, p))
    variants = [v for v in VARIANTS if "dropped" in v.name]
    first = count_changed(CLIP, "squat", poses, Rows(tmp_path / "rows"), variants)
    assert len(counted) == len(first) == 1 + 2 * 3
    assert count_changed(CLIP, "squat", poses, Rows(tmp_path / "rows"), variants) == first
    assert len(counted) == 7
    count_changed(CLIP, "squat", poses[:-1], Rows(tmp_path / "rows"), variants)
    assert len(counted) == 14


def test_random_numbers_depend_on_clip_change_and_draw_only() -> None:
    def numbers(name: str, draw: int) -> float:
        return float(random_of(CLIP, name, draw).random())

    assert numbers("a", 0) == numbers("a", 0)
    assert len({numbers("a", 0), numbers("a", 1), numbers("b", 0)}) == 3


def test_the_table_has_the_share_that_changes_beside_the_errors() -> None:
    def changed(maker: str, before: int, after: int, variant: str = "noise") -> Changed:
        clip = Clip(Path(f"{maker}.mp4"), "squat", 4, 4, (), maker)
        one, other = (study.Outcome(clip, n, 0, None, 0.0) for n in (before, after))
        return Changed(variant, one, other)

    made = table(
        "T", "N", [changed("a", 4, 4), changed("b", 4, 2), changed("b", 3, 4), changed("c", 3, 3)]
    )
    ((name, clips, moved, exact, near, mae),) = made.rows
    assert (name, clips) == ("noise", "3")
    assert moved.startswith("0.50 [0.00,")
    assert exact.startswith("0.50 [") and near.startswith("0.75 [") and mae.startswith("0.19 [")
