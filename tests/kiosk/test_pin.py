"""The teacher's PIN: who has given it, and how often it may be tried."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.errors import InputError
from edge_app.kiosk.pin import FREE_TRIES, Pins, TooManyTries


class FakeClock:
    """Seconds that only the test moves."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_wrong_pins_wait_longer_each_time_and_only_where_they_came_from(tmp_path: Path) -> None:
    clock = FakeClock()
    pins = Pins(tmp_path / "pin.json", clock)
    pins.set("2468")
    waits = []
    for _ in range(3):
        for _ in range(FREE_TRIES if not waits else 1):
            assert pins.log_in("0000", "10.0.0.9") == ""
        with pytest.raises(TooManyTries) as locked:
            pins.log_in("2468", "10.0.0.9")
        waits.append(locked.value.wait_s)
        clock.now_s += locked.value.wait_s
    assert waits == [30, 60, 120]
    assert pins.log_in("2468", "10.0.0.1"), "another address is not locked"
    assert pins.log_in("2468", "10.0.0.9"), "and after the wait this one is not either"


def test_a_session_ends_by_time_and_with_the_pin(tmp_path: Path) -> None:
    clock = FakeClock()
    pins = Pins(tmp_path / "pin.json", clock)
    pins.set("2468")
    key = pins.log_in("2468", "here")
    assert pins.knows(key) and not pins.knows("") and not pins.knows(None)
    clock.now_s += 13 * 3600
    assert not pins.knows(key)
    key = pins.log_in("2468", "here")
    pins.set("1357")
    assert not pins.knows(key)


def test_the_pin_is_no_text_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "pin.json"
    Pins(path).set("2468")
    assert "2468" not in path.read_text() and "argon2id" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="4 to 64"):
        Pins(path).set("123")


def test_a_broken_pin_file_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "pin.json"
    path.write_text("{}")
    assert Pins(path).log_in("2468", "here") == ""


def test_a_disk_that_takes_no_pin_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    with pytest.raises(InputError, match="cannot store the PIN"):
        Pins(tmp_path / "file" / "pin.json").set("2468")
