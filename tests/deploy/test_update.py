"""Updates on a system that systemd has booted: the good, the bad, and the power that fails."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.deploy.systems import System, until

Bundle = Callable[..., Path]
SOON_S = 90.0


def _ledger(system: System, name: str = "ledger.sqlite") -> tuple[str, list[str]]:
    """Its schema, and the version of each start in it."""
    path = system.root / "var/lib/edge-reps" / name
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        schema = ledger.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return schema, [row[0] for row in ledger.execute("SELECT version FROM starts")]


def _quicker(system: System) -> None:
    """The same units with shorter times, so that a test need not wait for minutes."""
    for unit, lines in {
        "edge-reps": "[Service]\nWatchdogSec=10\nRestartSec=100ms\nTimeoutStartSec=20\n",
        "edge-reps-confirm": "[Service]\nExecStart=\nExecStart=/bin/sleep 5\n"
        "ExecStart=/opt/edge-reps/guard.sh confirm\n",
    }.items():
        folder = system.root / f"etc/systemd/system/{unit}.service.d"
        folder.mkdir(parents=True)
        (folder / "quicker.conf").write_text(lines)


@pytest.fixture
def station(installed: Path, keys: Path, tmp_path: Path) -> Iterator[System]:
    """1.0.0 is installed; not booted yet."""
    with System(installed, tmp_path, keys) as one:
        _quicker(one)
        yield one


def test_a_good_update_a_bad_one_and_the_way_back_by_hand(station: System, bundle: Bundle) -> None:
    trial = station.root / "opt/edge-reps/trial"
    with station.booted():
        assert until(station.is_up), station.run("journalctl", "-u", "edge-reps").stdout
        good = station.update(bundle("1.1.0", schema="2"))
        assert good.returncode == 0, good.stdout
        assert (station.version, trial.exists(), station.is_up()) == ("1.1.0", False, True)
        assert _ledger(station)[0] == "2"
        assert _ledger(station, "before/1.0.0.sqlite") == ("1", ["1.0.0"])

        bad = station.update(bundle("1.2.0", "crashes", schema="3"))
        assert bad.returncode == 1, bad.stdout
        assert "edge-reps 1.2.0 does not stay up" in bad.stdout
        assert (station.version, trial.exists()) == ("1.1.0", False)
        assert until(station.is_up)

        ill = station.update(bundle("1.3.0", "is ill"))
        assert ill.returncode == 2 and station.is_up()
        blank = station.update(bundle("1.4.0", "has no page"))
        assert (blank.returncode, blank.stdout.splitlines()[-1]) == (
            2, "edge-reps: the page does not answer: there is no page",
        )  # fmt: skip
        assert station.version == "1.1.0"
        assert set(_ledger(station)[1]) == {"1.0.0", "1.1.0"}


def test_a_release_that_dies_soon_gives_the_old_ledger_back(
    station: System, bundle: Bundle
) -> None:
    with station.booted():
        assert until(station.is_up)
        bad = station.update(bundle("1.2.0", "dies soon", schema="3"))
        assert bad.returncode == 1, bad.stdout
        assert until(station.is_up)
        schema, starts = _ledger(station)
        assert (station.version, schema, set(starts)) == ("1.0.0", "1", {"1.0.0"})
        # What the bad release had stored is set aside, not deleted.
        schema, starts = _ledger(station, "ledger-from-1.2.0.sqlite")
        assert schema == "3" and "1.2.0" in starts


def test_what_goes_wrong_on_the_way_leaves_the_app_running(station: System, bundle: Bundle) -> None:
    opt, data = station.root / "opt/edge-reps", station.root / "var/lib/edge-reps"
    with station.booted():
        assert until(station.is_up)
        (opt / "trial.part").mkdir()  # nothing can be written down, as on a disk that is full
        cut = station.update(bundle("1.1.0", schema="2"))
        assert cut.returncode == 2 and "trial.part" in cut.stdout.splitlines()[-1], cut.stdout
        assert "Traceback" not in cut.stdout
        assert until(station.is_up) and station.version == "1.0.0"
        (opt / "trial.part").rmdir()

        good = station.update(bundle("1.1.0", schema="2"))
        assert good.returncode == 0, good.stdout
        (data / "ledger-from-1.1.0.sqlite").mkdir()  # in the way
        back = station.run("/usr/local/sbin/edge-reps-update", "--return")
        assert back.returncode == 2, back.stdout
        assert back.stdout.splitlines()[-1].startswith("edge-reps: cannot copy the ledger: ")
        assert until(station.is_up) and station.version == "1.1.0"


@pytest.mark.parametrize(
    ("does", "fault"),
    [("well", "switched"), ("crashes", "switched"), ("hangs", "switched"), ("well", "confirmed")],
)
def test_the_power_fails_after_the_switch(
    does: str, fault: str, station: System, bundle: Bundle
) -> None:
    """The trial goes on at the next boot, with nobody there: it ends by itself."""
    with station.booted():
        assert until(station.is_up)
        cut = station.update(bundle("1.1.0", does), fault=fault)
        assert cut.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), cut.stdout
    assert station.version == "1.1.0"
    trial = station.root / "opt/edge-reps/trial"
    with station.booted():
        assert until(lambda: not trial.exists(), SOON_S + 60 * (does == "hangs"))
        assert until(station.is_up)
        assert station.version == ("1.1.0" if does == "well" else "1.0.0")


def test_from_a_server_and_back_by_hand(station: System, bundle: Bundle) -> None:
    for version in ("1.0.1", "1.1.0"):
        new = bundle(version, schema="2")
        shutil.copy(new, station.root / "media" / new.name)
    update = "/usr/local/sbin/edge-reps-update"
    with station.booted():
        assert until(station.is_up)
        nowhere = station.run(update, "http://127.0.0.1:8999/edge-reps-1.1.0.tar")
        assert (nowhere.returncode, station.version) == (2, "1.0.0")
        assert "cannot fetch" in nowhere.stdout.splitlines()[-1]
        serve = "python3 -m http.server 8999 --bind 127.0.0.1 --directory /media"
        station.run("systemd-run", *serve.split())
        url = "http://127.0.0.1:8999/edge-reps-1.0.1.tar"
        assert until(lambda: station.run(update, "--dry-run", url).returncode == 0)
        done = station.run(update, url)
        assert (done.returncode, station.version) == (0, "1.0.1"), done.stdout
        done = station.run(update, "/media")  # a folder: the newest of it
        assert (done.returncode, station.version) == (0, "1.1.0"), done.stdout
        back = station.run(update, "--return")
        assert back.returncode == 0, back.stdout
        assert until(station.is_up)
        assert station.version == "1.0.1"


def test_an_app_that_hangs_is_started_anew(station: System) -> None:
    with station.booted():
        assert until(station.is_up)
        process = int(station.shows("edge-reps.service", "MainPID"))
        stopped = station.run("sh", "-c", f"kill -STOP {process}")
        assert stopped.returncode == 0, stopped.stdout
        assert until(lambda: int(station.shows("edge-reps.service", "NRestarts")) > 0)
        assert until(station.is_up)
        assert int(station.shows("edge-reps.service", "MainPID")) != process


def test_the_app_has_no_rights(station: System) -> None:
    with station.booted():
        assert until(station.is_up)
        process = station.shows("edge-reps.service", "MainPID")
        status = station.run("cat", f"/proc/{process}/status").stdout
        rights = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert int(rights["Uid"].split()[0]) != 0
        assert (rights["CapEff"].strip("0"), rights["NoNewPrivs"]) == ("", "1")
        assert rights["Seccomp"] == "2"


def test_after_the_uninstall_nothing_starts(station: System) -> None:
    with station.booted():
        assert until(station.is_up)
        done = station.run("/usr/local/sbin/edge-reps-update", "--uninstall", "--purge")
        assert done.returncode == 0, done.stdout
        assert not station.is_up()
    assert not os.path.exists(station.root / "var/lib/edge-reps")
    assert "edge-reps" not in (station.root / "etc/passwd").read_text()
