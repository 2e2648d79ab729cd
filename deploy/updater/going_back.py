"""Back to the release before: by hand, after a bad start, or when the guard says so."""

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
    link,
    point,
    read_trial,
    refuse,
    remove,
    systemctl,
)


def go_back(starting: bool = False) -> int:
    """Returns 0. May be cut short and done again.

    Args:
        starting: systemd is starting the app and waits for this to end.

    Raises:
        Refused: there is no other release.
    """
    new, old = current(), _before()
    if new is None or old is None:
        refuse("there is no release to go back to")
    on_trial = read_trial() is not None
    if not starting:
        systemctl("stop", "edge-reps.service")
    kept = BEFORE / f"{old}.sqlite"
    if kept.exists() and LEDGER.exists():
        print(ledger("put-back", str(kept), str(LEDGER.with_name(f"ledger-from-{new}.sqlite"))))
    point("put back")
    link(CURRENT, f"releases/{old}")
    point("linked back")
    TRIAL.unlink() if TRIAL.exists() else None
    if on_trial:
        remove(RELEASES / new)
    systemctl("daemon-reload")
    if not starting:
        systemctl("start", "--no-block", "edge-reps.service")
    print(f"edge-reps {old} is back in place of {new}")
    return 0


def ledger(*args: str) -> str:
    """Runs a part of `updater.ledger` as the app's user; what it says.

    Raises:
        Refused: it could not.
    """
    home = str(Path(__file__).parents[1])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": home, "PYTHONDONTWRITEBYTECODE": "1"}
    fault = {k: v for k, v in os.environ.items() if k.startswith("EDGE_REPS_")}
    done = as_user([sys.executable, "-m", "updater.ledger", *args], env={**environment, **fault})
    if done.returncode:
        refuse(f"the ledger cannot be copied: {done.stderr.strip() or done.stdout.strip()}")
    return str(done.stdout.strip())


def _before() -> str | None:
    trial = read_trial()
    if trial is not None:
        return trial.old
    others = [p.name for p in RELEASES.iterdir() if is_whole(p) and p.name != current()]
    return others[0] if others else None
