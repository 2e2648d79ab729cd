"""Cuts the power during updates, at every step and at random, and starts the machine each time.

python power_cut.py TREE KEYS KILLS SEED OUT: TREE has a light release, which is updated to another
and back again without end. After each cut the machine must start the old release or the new one,
and the ledger must be whole. Writes what happened to OUT as JSON; ends with an error at the first
machine that does not start.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Callable

from tests.deploy.light import ROOT, light_bundle
from tests.deploy.systems import System, until

UPDATER = ROOT / "deploy" / "updater"
START_S, WHOLE_S = 120.0, 600.0


def fault_points() -> list[str]:
    """Every step that an update has, in the updater's own words."""
    update = ("apply.py", "release.py", "ledger.py")
    text = "".join((UPDATER / name).read_text() for name in update)
    points = re.findall(r'\bpoint\("([^"]+)"\)', text)
    # Of the way back, and one that comes only under systemd: test_update.py cuts there.
    return [p for p in points if p not in ("putting back", "confirmed")]


class CountingLoop:
    """One system without systemd, whose app is started as the unit would."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.starts = 0  # that the ledger must know of
        release = "opt/edge-reps/" + os.readlink(system.root / "opt/edge-reps/current")
        unit = system.root / release / "units/edge-reps.service"
        keys = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
        self._before = keys["ExecStartPre"].lstrip("+").split()
        self._command = ["setpriv", f"--reuid={keys['User']}", f"--regid={keys['User']}",
                         "--init-groups", "--", *keys["ExecStart"].split()]  # fmt: skip

    def update(self, bundle: str, fault: str, within_s: float) -> str:
        """Runs an update until it ends, kills itself at its fault, or is killed."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "EDGE_REPS_FAULT": fault}
        process = subprocess.Popen(
            ["chroot", str(self.system.root), "/usr/local/sbin/edge-reps-update", bundle],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            self._kill_all()
            process.communicate()
            return "cut at random"
        if "Killed" in said or process.returncode in (-9, 137):
            self._kill_all()
            return f"cut at: {fault}"
        if process.returncode == 2 and "cannot copy the ledger" in said:
            return f"cut at: {fault}"  # where only the part that runs as the app's user was hit
        assert process.returncode == 0, said
        return "went through"

    def _kill_all(self) -> None:
        """Whatever still runs in this root: self-tests have sessions of their own."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                inside = os.readlink(path / "root") == str(self.system.root)
            except OSError:
                continue  # it is gone already
            if inside:
                os.kill(int(path.name), signal.SIGKILL)

    def start(self) -> str:
        """Boots: the guard, then the app as the unit starts it, until the ledger has its row."""
        guard = self.system.run(*self._before)
        assert guard.returncode == 0, guard.stdout
        app = subprocess.Popen(["chroot", str(self.system.root), *self._command])
        try:
            assert until(lambda: len(self.rows()) > self.starts, START_S), "the app does not start"
        finally:
            app.kill()
            app.wait()
        rows = self.rows()
        assert len(rows) == self.starts + 1, "rows are lost"
        self.starts += 1
        return rows[-1]

    def rows(self) -> list[str]:
        """The version of each start, out of a ledger that is whole."""
        path = self.system.root / "var/lib/edge-reps/ledger.sqlite"
        if not path.exists():
            assert self.starts == 0, "the ledger is gone"
            return []
        with closing(sqlite3.connect(path)) as ledger:
            assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            try:
                return [row[0] for row in ledger.execute("SELECT version FROM starts")]
            except sqlite3.OperationalError:
                return []  # it is just being made


def run(tree: Path, keys: Path, kills: int, seed: int) -> dict[str, Any]:
    """The cuts, counted by where they came, and the releases that started after them."""
    chance = random.Random(seed)
    points, happened, started = fault_points(), Counter(), Counter()
    with tempfile.TemporaryDirectory() as scratch, System(tree, Path(scratch), keys) as system:
        key = keys / "release.sec"
        for version in ("1.0.0", "1.1.0"):
            light_bundle(version, "well", version, key, system.root / "media")
        machine = CountingLoop(system)
        assert machine.start() == "1.0.0"
        begun_s = time.monotonic()
        machine.update("/media/edge-reps-1.1.0.tar", "", WHOLE_S)
        whole_s = time.monotonic() - begun_s
        cuts, version = 0, machine.start()
        assert version == "1.1.0"
        system.run("/opt/edge-reps/guard.sh", "confirm")
        while cuts < kills:
            other = "1.1.0" if version == "1.0.0" else "1.0.0"
            at_random = chance.random() < 0.3
            fault = "" if at_random else points[cuts % len(points)]
            if at_random or fault == "built":  # else it is there already, and making it is not cut
                system.run("rm", "-rf", f"/opt/edge-reps/releases/{other}")
            within_s = chance.uniform(0, whole_s) if at_random else WHOLE_S
            how = machine.update(f"/media/edge-reps-{other}.tar", fault, within_s)
            happened[how] += 1
            cuts += how != "went through"
            assert system.version in (version, other), "neither the old nor the new release"
            now = machine.start()
            assert now == system.version
            started["the old" if now == version else "the new"] += 1
            version = now
            system.run("/opt/edge-reps/guard.sh", "confirm")  # it has stayed up
    return {"cuts": cuts, "where": happened, "started": started, "rows": machine.starts}


def main(argv: list[str], clock: Callable[[], float] = time.monotonic) -> None:
    tree, keys, kills, seed, out = argv
    begun_s = clock()
    result = run(Path(tree), Path(keys), int(kills), int(seed))
    Path(out).write_text(json.dumps({**result, "seconds": round(clock() - begun_s)}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
