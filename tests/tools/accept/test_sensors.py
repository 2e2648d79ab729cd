"""Sensors of a faked board: all there, some vanish, one talks nonsense."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_app.tools.accept import sensors as module
from edge_app.tools.accept.sensors import Sensors, throttled


@pytest.fixture
def board(rails: Callable[[float], Path]) -> Iterator[Sensors]:
    opened = Sensors(rails(6.0), os.getpid())
    yield opened
    opened.close()


def test_everything_a_board_says(board: Sensors) -> None:
    found = board.read()
    assert found["temperatures_c"] == {"gpu-thermal": 60.0}
    assert found["clocks_mhz"] == {"gpu 17000000.gpu": 612.0}
    assert (found["watts"], found["rails_w"]) == (6.0, {"VDD_IN": 6.0})
    assert found["throttling"] == {}
    assert found["worker_rss_mib"] == pytest.approx(found["rss_mib"], abs=5)


def test_what_vanishes_is_left_out(board: Sensors, tmp_path: Path) -> None:
    board.read()
    shutil.rmtree(tmp_path / "root")
    assert set(board.read()) == {"rss_mib", "worker_rss_mib"}


def test_a_sensor_that_talks_nonsense_is_left_out(board: Sensors, tmp_path: Path) -> None:
    (tmp_path / "root/sys/class/devfreq/17000000.gpu/cur_freq").write_text("busy")
    (tmp_path / "root/sys/class/thermal/thermal_zone0/temp").write_text("hot")
    found = board.read()
    assert "clocks_mhz" not in found and "temperatures_c" not in found
    assert found["watts"] == 6.0


def test_tegrastats_stands_in_for_rails_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Line:
        line = "GR3D_FREQ 99% POM_5V_IN 3200/3100"

        def close(self) -> None:
            """Nothing runs."""

    monkeypatch.setattr(module, "Tegrastats", Line)
    found = Sensors(tmp_path).read()
    assert (found["watts"], found["gpu_load"]) == (3.2, 0.99)


def test_throttled_is_what_acts_now_or_counted_up() -> None:
    before = {"over-current oc1_event_cnt": 7}
    samples = [
        {"throttling": before},
        {},  # the sensor was gone for a moment
        {"throttling": {**before, "cooling gpu-balanced": 2}},
    ]
    assert throttled(samples) == ["cooling gpu-balanced"], "it had counted 7 before"
    samples.append({"throttling": {"over-current oc1_event_cnt": 8}})
    assert throttled(samples) == ["cooling gpu-balanced", "over-current oc1_event_cnt"]
    assert throttled([{}, {}]) is None, "nobody can tell"
    assert throttled([{"throttling": {}}]) == []
