"""Measures the time to store a repetition, and the size of the evidence.

    python -m edge_app.tools.bench.ledger RESULT.json [--ledger URL]

RESULT.json is a result of `reps count --json`; its poses are recorded as one attempt, with a
repetition every three seconds, repeatedly into a new ledger.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Sequence

import numpy as np

from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recording import Start
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import find_protocol
from edge_app.sinks.document import read_document

EVERY_S = 3.0


def main() -> None:
    """Prints the distribution of `Recording.add` in milliseconds, and bytes per minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("--ledger", help="a new database (default: a file in the temporary folder)")
    parser.add_argument("--attempts", type=int, default=20)
    args = parser.parse_args()
    document = read_document(args.result)
    stored = StoredTrack(document.poses)
    updates: list[Update] = []
    run(stored, [rules_of(document.exercise).lane(stored.estimate)], [EachUpdate(updates.append)])
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(args.ledger or f"{folder}/ledger.sqlite", "bench")
        took_ms = [t for _ in range(args.attempts) for t in _attempt(ledger, updates)]
        newest = ledger.results.attempts(limit=1)[0].id
        size = ledger.results.evidence_bytes(newest)
        ledger.close()
    minutes = (updates[-1].pose.t_s - updates[0].pose.t_s) / 60
    middle, high = np.percentile(took_ms, [50, 95])
    print(f"add: {len(took_ms)} repetitions, median {middle:.1f} ms, p95 {high:.1f} ms, "
          f"largest {max(took_ms):.1f} ms")  # fmt: skip
    fps = len(updates) / minutes / 60
    print(f"evidence: {size / 1024 / minutes:.0f} KiB per minute at {fps:.0f} "
          "frames per second")  # fmt: skip


def _attempt(ledger: Ledger, updates: Sequence[Update]) -> list[float]:
    """Milliseconds of every `add` of one attempt."""
    first_s = updates[0].pose.t_s
    recording = ledger.begin(Start(find_protocol("china-sit-up"), first_s, model="bench"))
    took_ms: list[float] = []
    last_s = first_s
    for update in updates:
        pose, signal = update.pose, update.signal
        progress = signal.progress if signal else np.nan
        recording.sample(pose, progress, update.parameters)
        if pose.t_s - last_s >= EVERY_S:
            last_s = pose.t_s
            began = time.perf_counter()
            recording.add(_verdict(len(took_ms) + 1, pose.t_s))
            took_ms.append((time.perf_counter() - began) * 1000)
    recording.end("time")
    return took_ms


def _verdict(number: int, t_s: float) -> Verdict:
    reasons = (Reason("knee", "Keep your knees bent."),)
    penalty = Penalty(0.2, {"knee": 0.2}, 1.0)
    rep = Rep(number, t_s - 3, t_s - 2, t_s, 0.8, True, reasons, penalty, {"hip_deg": 61.5})
    return Verdict(rep, True, False, number, reasons)


if __name__ == "__main__":
    main()
