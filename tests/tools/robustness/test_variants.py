"""Each change does what its name says, and leaves the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.sinks.track import load_track
from edge_app.skeleton import INDEX
from edge_app.tools.robustness.variants import (
    VARIANTS,
    Track,
    at_rate,
    body_size_px,
    differ,
    dropped,
    jittered,
    later,
    mirrored,
    noisy,
    scaled,
)
from edge_app.values import Pose


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture
def track() -> list[Pose]:
    """A tall body at 50 frames a second for 20 s; its nose is never found."""
    xy = np.column_stack([np.linspace(10, 50, 18), np.linspace(0, 300, 18)]).astype(np.float32)
    score = np.full(18, 0.9, np.float32)
    score[0], xy[0] = 0, 0
    return [Pose(xy + np.float32(0), score, n / 50) for n in range(1000)]


def times(track: Track) -> np.ndarray:
    return np.array([pose.t_s for pose in track])


def test_rates(track: list[Pose]) -> None:
    assert len(at_rate(10, track, random())) == pytest.approx(200, abs=2)
    assert not differ(track, at_rate(60, track, random()))


def test_drops(track: list[Pose]) -> None:
    kept = dropped(0.4, track, random())
    assert len(kept) == pytest.approx(600, abs=50)
    assert set(times(kept)) < set(times(track))
    assert not differ(kept, dropped(0.4, track, random()))
    assert differ(kept, dropped(0.4, track, random(1)))


@pytest.mark.parametrize("most_s", [0.01, 0.03])
def test_jitter_moves_times_only_and_they_increase(track: list[Pose], most_s: float) -> None:
    moved = jittered(most_s, track, random())
    off_s = times(moved) - times(track)
    assert (np.diff(times(moved)) > 0.0009).all()
    assert np.abs(off_s).max() == pytest.approx(most_s, rel=0.3)
    assert all(a.xy is b.xy for a, b in zip(track, moved))


def test_noise_is_a_share_of_the_body(track: list[Pose]) -> None:
    found = track[0].xy[1:]
    size_px = float(np.hypot(*(found.max(0) - found.min(0))))
    assert body_size_px(track) == pytest.approx(size_px)
    moved = noisy(0.01, track, random())
    off_px = np.array([b.xy - a.xy for a, b in zip(track, moved)])
    assert off_px[:, 1:].std() == pytest.approx(0.01 * size_px, rel=0.02)
    assert off_px.mean() == pytest.approx(0, abs=0.1)
    assert (off_px[:, 0] == 0).all()


def test_a_mirror_exchanges_left_and_right_and_twice_is_nothing(track: list[Pose]) -> None:
    turned = mirrored(track, random())
    wrist, other = INDEX["left_wrist"], INDEX["right_wrist"]
    inside = track[0].xy[1:, 0]
    both_px = inside.min() + inside.max()
    assert turned[0].xy[wrist, 0] == pytest.approx(both_px - track[0].xy[other, 0])
    assert turned[0].xy[wrist, 1] == track[0].xy[other, 1]
    again = mirrored(turned, random())
    for a, b in zip(track, again):
        np.testing.assert_allclose(a.xy, b.xy, atol=1e-4)


def test_scale_and_a_later_beginning(track: list[Pose]) -> None:
    np.testing.assert_allclose(scaled(1.1, track, random())[3].xy, track[3].xy * 1.1, rtol=1e-6)
    assert later(0.5, track, random())[0].t_s == 0.5


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: v.name)
def test_nobody_and_no_frame_stay_so(variant: object) -> None:
    nobody = [Pose.nobody(n / 30) for n in range(60)]
    assert all(not p.score.any() for p in variant.change(nobody, random()))
    assert variant.change([], random()) == []


def test_every_change_is_one_on_a_real_track(data: Path) -> None:
    real = list(load_track(data / "tracks" / "squat__luizfcharry__2.npz"))
    alike = [v.name for v in VARIANTS if not differ(real, v.change(real, random()))]
    assert alike == ["30 frames a second", "15 frames a second"]  # stored at 15
    assert len({v.name for v in VARIANTS}) == len(VARIANTS)
