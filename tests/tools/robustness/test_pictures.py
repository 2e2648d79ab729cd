"""Changed pictures, and the number formats of this machine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.pipeline import build
from edge_app.runtime.open import shipped_model
from edge_app.tools.manifest import Clip
from edge_app.tools.robustness.pictures import (
    AS_SHOWN,
    Way,
    count_from_pictures,
    mirror,
    open_ways,
    sensor_noise,
)
from edge_app.tools.robustness.rows import Rows
from edge_app.values import Frame, Pose


@pytest.mark.parametrize("levels", [1.0, 3.0])
def test_sensor_noise_has_its_strength_and_no_bias(levels: float) -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    noise = sensor_noise(levels, grey, np.random.default_rng(0)).astype(float) - 128
    assert noise.std() == pytest.approx(np.hypot(levels, 12**-0.5), rel=0.02)  # and of rounding
    assert noise.mean() == pytest.approx(0, abs=0.03)


def test_black_and_white_do_not_wrap_round() -> None:
    for grey in (0, 255):
        image = np.full((50, 50, 3), grey, np.uint8)
        changed = sensor_noise(3.0, image, np.random.default_rng(0)).astype(int)
        assert np.abs(changed - grey).max() < 20


def test_a_mirror_turns_columns_round() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    np.testing.assert_array_equal(mirror(image, np.random.default_rng(0))[:, 0], image[:, 3])


def test_this_machine_has_fp32_and_says_what_it_lacks() -> None:
    ways, missing = open_ways(shipped_model("fast"), 1)
    names = [way.name for way in ways]
    assert names[0] == AS_SHOWN and ways[0].change is None
    assert ("bfloat16" in names) != any(line.startswith("bfloat16: ") for line in missing)
    assert ("INT8" in names) != any(line.startswith("INT8: ") for line in missing)
    with pytest.raises(InputError, match=r"give an \.onnx file"):
        open_ways(Path("pose.engine"), 1)


def test_every_way_sees_its_own_pictures_and_is_asked_once(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, float]] = []  # time, brightness

    def estimate(frame: Frame) -> Pose:
        seen.append((frame.t_s, float(frame.image.mean())))
        return Pose.nobody(frame.t_s)

    monkeypatch.setattr(build, "PoseEstimator", lambda backend, zone, fit: estimate)
    network = SimpleNamespace(path=data / "squat.mp4", provider="none")
    ways = [Way(AS_SHOWN, network), Way("dark", network, lambda image, random: image // 2)]
    clip = Clip(data / "squat.mp4", "squat", 5, 5, ())
    for _ in range(2):
        found = count_from_pictures(clip, "squat", ways, 2.0, Rows(tmp_path / "rows"))
        assert [c.variant for c in found] == [AS_SHOWN, "dark"]
        assert [c.after.counted for c in found] == [0, 0]
    plain, dark = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    assert len(plain) == len(dark) > 10
    for (t_s, light), (again_s, half) in zip(plain, dark):
        assert t_s == again_s and half == pytest.approx(light / 2, abs=0.5)
