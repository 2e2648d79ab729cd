"""Goes back to the previous release: by hand, after a bad start, or called by the guard."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from updater.device import (
    BEFORE,
    CURRENT,
    LEDGER,
    RELEASES,
    TRIAL,
    as_user,
    current,
    is_whole,
    last_line,
    link,
    point,
    read_trial,
    refuse,
    remove,
    start_current,
    systemctl,
)


def go_back(starting: bool = False) -> int:
    """Returns 0. May be interrupted and repeated.

    Args:
        starting: systemd is starting the app and waits for this to end.

    Raises:
        Refused: there is no previous release.
    """
    new, old = current(), _before() or ""
    if not (new and old):
        refuse("there is no release to go back to")
    on_trial = read_trial() is not None
    if starting:
        _take_back(new, old)
        systemctl("daemon-reload")
    else:
        try:
            systemctl("stop", "edge-reps.service")
            _take_back(new, old)
        finally:
            start_current()
    if on_trial:
        remove(RELEASES / new)
    print(f"edge-reps {old} is back in place of {new}")
    return 0


def _take_back(new: str, old: str) -> None:
    """Restores the ledger, then the link."""
    kept = BEFORE / f"{old}.sqlite"
    if kept.exists() and LEDGER.exists():
        print(ledger("put-back", str(kept), str(LEDGER.with_name(f"ledger-from-{new}.sqlite"))))
    point("put back")
    link(CURRENT, f"releases/{old}")
    point("linked back")
    TRIAL.unlink() if TRIAL.exists() else None


def ledger(*args: str) -> str:
    """Runs a part of `updater.ledger` as the app's user; returns its output.

    Raises:
        Refused: it failed.
    """
    home = str(Path(__file__).parents[1])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": home, "PYTHONDONTWRITEBYTECODE": "1"}
    fault = {k: v for k, v in os.environ.items() if k.startswith("EDGE_REPS_")}
    done = as_user([sys.executable, "-m", "updater.ledger", *args], env={**environment, **fault})
    if done.returncode:
        refuse(f"cannot copy the ledger: {last_line(done.stderr or done.stdout)}")
    return str(done.stdout.strip())


def _before() -> str | None:
    trial = read_trial()
    if trial is not None:
        return trial.old
    others = [p.name for p in RELEASES.iterdir() if is_whole(p) and p.name != current()]
    return others[0] if others else None
