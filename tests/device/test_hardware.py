"""Boards described in folders: a Nano, an Orin, and a machine that tells nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.device import hardware as board


def test_a_nano_that_is_hot(nano: Path) -> None:
    assert board.board_name(nano) == "NVIDIA Jetson Nano Developer Kit"
    assert board.l4t_release(nano) == "R32.7.1"
    assert board.memory(nano) == board.Memory(3956, 2000, 0, 0)
    assert board.clocks_mhz(nano) == {
        "cpu policy0": (102.0, 1479.0),
        "gpu 57000000.gpu": (76.8, 921.6),
    }
    assert board.temperatures_c(nano) == {"CPU-therm": 45.5}
    assert board.throttling(nano) == {"cooling gpu-balanced": 2, "over-current oc1_event_cnt": 7}


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    assert board.board_name(tmp_path)
    assert board.l4t_release(tmp_path) is None and board.memory(tmp_path) is None
    assert board.clocks_mhz(tmp_path) == {} and board.throttling(tmp_path) is None
    assert board.rss_mib(root=tmp_path) is None


def test_this_process_has_memory() -> None:
    now, highest = board.rss_mib() or (0, 0)
    assert 1 < now <= highest


def test_a_tool_that_is_missing_or_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert board.run_tool("no-such-tool-anywhere") is None
    assert board.run_tool("false") is None
    monkeypatch.setattr(board, "run_tool", lambda *c: "NV Power Mode: MAXN\n0\n")
    assert board.power_mode() == "MAXN"
