"""Kills counting kiosks at random moments and compares what was shown with what is stored.

python killing.py FOLDER KILLS: everything is imported once and forked, so that a kill takes a
second. Ends with an error if a repetition that was shown is missing, or an attempt is there twice.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import edge_app.kiosk.counting_loop
from edge_app.ledger.ledger import Ledger
from tests.kiosk import fakes

LONGEST_S = 1.5


def count(folder: Path, out: int) -> None:
    """Counts without end and writes what a page would show, a line each."""
    camera = fakes.FakeCamera()
    edge_app.kiosk.counting_loop.open_capture = lambda address: camera.open()  # type: ignore[assignment]
    kiosk = fakes.fake_kiosk(folder, camera, lambda name, value: None)

    def show(kind: str, data: dict[str, Any]) -> None:
        if kind == "rep":
            attempt = kiosk.page_state.snapshot()["mats"][0]["attempt"]
            line = {"attempt": attempt, "number": data["rep"]["number"]}
            os.write(out, json.dumps({**line, "counted": data["rep"]["counted"]}).encode() + b"\n")

    kiosk.hub.event = show  # type: ignore[method-assign]
    while True:
        kiosk.loop.command("start")
        time.sleep(0.5)
        kiosk.loop.command("stop")


def kill_one(folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Forks a kiosk, kills it after its first repetition; what it had shown."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        count(folder, writing)
    os.close(writing)
    with os.fdopen(reading) as lines:
        shown = [lines.readline()]
        time.sleep(chance.uniform(0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        shown += lines.readlines()
    os.waitpid(child, 0)
    return [json.loads(line) for line in shown if line.endswith("}\n")]


def main() -> None:
    folder, kills = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(0)
    shown: list[dict[str, Any]] = []
    for _ in range(kills):
        shown += kill_one(folder, chance)
    ledger = Ledger(str(folder / "ledger.sqlite"), "test")
    ledger.close_unfinished()
    attempts = list(ledger.results.each())
    stored = {
        (str(a.id), r.number): r.counted
        for a in attempts
        for r in ledger.results.attempt(a.id).repetitions
    }
    ledger.close()
    missing = [s for s in shown if stored.get((s["attempt"], s["number"])) != s["counted"]]
    if missing:
        sys.exit(f"shown and not stored: {missing}")
    if not all(a.ended for a in attempts):
        sys.exit("an attempt without an end")
    print(f"{kills} kills, {len(attempts)} attempts, {len(shown)} repetitions shown and stored")


if __name__ == "__main__":
    main()
