"""What systemd is told: ready when the page answers, alive only while the loop goes round."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path
from typing import Iterator

import pytest

from edge_app.kiosk.notify import Notifier, page_answers

SOON_S = 5.0
PERIOD_S = 0.02


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The other end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.settimeout(SOON_S)
        yield end


def _environ(end: socket.socket) -> dict[str, str]:
    return {"NOTIFY_SOCKET": end.getsockname(), "WATCHDOG_USEC": str(int(PERIOD_S * 3e6))}


def _silent(end: socket.socket, for_s: float) -> bool:
    end.settimeout(for_s)
    try:
        end.recv(100)
    except TimeoutError:
        return True
    return False


def test_ready_comes_once_the_page_answers(systemd: socket.socket) -> None:
    answers = itertools.chain([False, False], itertools.repeat(True))
    asked = []

    def ask() -> bool:
        asked.append(next(answers))
        return asked[-1]

    turns = itertools.count()
    notifier = Notifier(lambda: next(turns), ask, _environ(systemd))
    notifier.start()
    assert systemd.recv(100) == b"READY=1"
    assert asked[:3] == [False, False, True]  # and, on a busy machine, once more since
    assert [systemd.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    notifier.close()


@pytest.mark.parametrize("what", ["the loop hangs", "the page hangs"])
def test_no_sign_of_life_when(what: str, systemd: socket.socket) -> None:
    well = [True]
    turns = itertools.count()
    notifier = Notifier(
        lambda: next(turns) if well[0] or what == "the page hangs" else 7,
        lambda: well[0] or what == "the loop hangs",
        _environ(systemd),
    )
    notifier.start()
    assert {systemd.recv(100) for _ in range(3)} == {b"READY=1", b"WATCHDOG=1"}
    well[0] = False
    while not _silent(systemd, 10 * PERIOD_S):
        pass  # what was under way when it hung
    assert _silent(systemd, 10 * PERIOD_S)
    well[0] = True
    systemd.settimeout(SOON_S)
    assert systemd.recv(100) == b"WATCHDOG=1"
    notifier.close()


def test_without_systemd_nothing_runs() -> None:
    notifier = Notifier(lambda: 0, lambda: pytest.fail("asked the page"), {})
    notifier.start()
    notifier.close()


def test_a_page_that_is_not_there_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not page_answers("0.0.0.0", port)
