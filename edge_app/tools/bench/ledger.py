"""What a repetition costs until it is on the disk, and how large the evidence is.

    python -m edge_app.tools.bench.ledger RESULT.json [--ledger URL]

RESULT.json is what `reps count --json` wrote; its poses are recorded as one attempt, with a
repetition every three seconds of them, again and again into a new ledger.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.cli.replay import read_result
from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recording import Start
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import find_protocol
from edge_app.values import Pose

EVERY_S = 3.0


def main() -> None:
    """Prints the spread of `Recording.add` in milliseconds, and bytes a minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("--ledger", help="a new database; else a file in the temporary folder")
    parser.add_argument("--attempts", type=int, default=20)
    args = parser.parse_args()
    document, poses = read_result(args.result)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(args.ledger or f"{folder}/ledger.sqlite", "bench")
        took_ms = [t for _ in range(args.attempts) for t in _attempt(ledger, document, poses)]
        newest = ledger.results.attempts(limit=1)[0].id
        size = ledger.results.evidence_bytes(newest)
        ledger.close()
    minutes = (poses[-1].t_s - poses[0].t_s) / 60
    middle, high = np.percentile(took_ms, [50, 95])
    print(f"add: {len(took_ms)} repetitions, median {middle:.1f} ms, p95 {high:.1f} ms, "
          f"largest {max(took_ms):.1f} ms")  # fmt: skip
    print(f"evidence: {size / 1024 / minutes:.0f} KiB a minute at {len(poses) / minutes / 60:.0f} "
          "frames a second")  # fmt: skip


def _attempt(ledger: Ledger, document: dict[str, Any], poses: list[Pose]) -> list[float]:
    """Milliseconds of every `add` of one attempt."""
    recording = ledger.begin(Start(find_protocol("china-sit-up"), poses[0].t_s, model="bench"))
    took_ms: list[float] = []
    last_s = poses[0].t_s
    for pose, frame in zip(poses, document["frames"]):
        known = {k: np.nan if v is None else v for k, v in frame["parameters"].items()}
        progress = frame["progress"]
        recording.sample(pose, np.nan if progress is None else progress, known)
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
