"""Installs or updates in steps. The power may fail between or within any of them."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from updater.device import (
    BEFORE,
    CURRENT,
    LEDGER,
    RELEASES,
    TRIAL,
    Trial,
    booted,
    current,
    link,
    point,
    read_trial,
    refuse,
    release_of,
    start_current,
    systemctl,
    write_trial,
)
from updater.going_back import go_back, ledger
from updater.release import make_release, read_bundle
from updater.selftest import self_test
from updater.system import hold_board_packages, link_units, prepare, put_guard, unlink_lost

START_S = 240.0  # until the page answers; a Nano loads its network slowly
STEADY_S = 10.0  # it must stay up this long
LOOK_S = 0.5


def apply(bundle: Path, python: str, key: Path, dry: bool) -> int:
    """Returns 0, or 1 if the device went back to the previous release.

    Raises:
        Refused: the bundle cannot be installed now; what runs was not touched.
    """
    about = read_bundle(bundle)
    version, old = about["version"], current()
    if old == version:
        if release_of(version)["bundle"] != about["bundle"]:
            refuse(f"edge-reps {version} is installed with other content: use a new version")
        print(f"edge-reps {version} is already installed: nothing to do")
        return 0
    if read_trial() is not None:
        refuse(f"{old} is still on trial after the last update: wait a minute, or --return")
    if dry:
        print("\n".join(_plan(version, old, python)))
        return 0
    prepare(key)
    point("prepared")
    print(f"making release {version} with {python}")
    release = make_release(bundle, about, python)
    point("made")
    print("self-test: reps doctor, the sample clip, the page")
    self_test(release, about)
    point("tested")
    _switch(release, version, old)
    if _stays_up(version):
        return _settle(release, version)
    print(f"edge-reps {version} does not stay up: see journalctl -u edge-reps")
    if old and current() == version:
        go_back()
    return 1


def _plan(version: str, old: str | None, python: str) -> list[str]:
    instead = f"in place of {old}" if old else "for the first time"
    return [
        f"would install edge-reps {version} {instead}, with {python}:",
        f"  make {RELEASES / version} from the bundle's wheels",
        "  test it: reps doctor, the sample clip, the page",
        f"  stop the app, copy {LEDGER} to {BEFORE}" if old else "  make user, folders and units",
        f"  point {CURRENT} to it and start it",
        f"  go back to {old} if it does not stay up" if old else "  start it at every boot",
    ]


def _switch(release: Path, version: str, old: str | None) -> None:
    """Switches from one release to another. If anything fails, an app that ran runs again."""
    try:
        systemctl("stop", "edge-reps.service") if old else None
        point("stopped")
        _exchange(release, version, old)
    except BaseException:
        start_current() if old else None
        raise
    start_current()
    point("started")


def _exchange(release: Path, version: str, old: str | None) -> None:
    """Runs while the app is down; only the link matters, and it changes by one rename."""
    if old and LEDGER.exists():
        print(ledger("copy", str(BEFORE / f"{old}.sqlite")))
    point("copied")
    if old:
        write_trial(Trial(version, old))
    else:
        put_guard(release)
        hold_board_packages()
    point("on trial")
    link_units(release)
    point("linked")
    link(CURRENT, f"releases/{version}")
    point("switched")


def _stays_up(version: str) -> bool:
    """Whether the app reports that it is ready, and then keeps the same process for a while."""
    if not booted():
        print("systemd is not running: the app starts at the next boot")
        return True
    until_s = time.monotonic() + START_S
    since_s, process = 0.0, ""
    while time.monotonic() < until_s:
        if current() != version:
            return False  # the guard was faster
        shown = subprocess.run(
            ["systemctl", "show", "--property=ActiveState,MainPID", "edge-reps.service"],
            stdout=subprocess.PIPE, text=True, check=True,
        ).stdout  # fmt: skip
        if "ActiveState=active" not in shown or shown != process:
            since_s, process = time.monotonic(), shown
        elif time.monotonic() - since_s > STEADY_S:
            return True
        time.sleep(LOOK_S)
    return False


def _settle(release: Path, version: str) -> int:
    point("healthy")
    if booted() or not TRIAL.exists():
        TRIAL.unlink() if TRIAL.exists() else None
        point("confirmed")
        put_guard(release)
        unlink_lost()
    systemctl("start", "--no-block", "default.target")  # new units
    print(f"edge-reps {version} is installed")
    return 0
