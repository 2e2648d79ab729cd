"""The screen output of `reps results`."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping, Sequence

from edge_app.ledger.records import AttemptDetail, AttemptRecord
from edge_app.ledger.rescue import Saved


def print_list(records: Sequence[AttemptRecord]) -> None:
    """Prints one line per attempt."""
    for record in records:
        print(attempt_line(record))
    if not records:
        print("no attempts")


def print_rescue(saved: Mapping[str, Saved], faults: Sequence[str], target: Path) -> None:
    """Prints how much of each table was saved."""
    for table, one in saved.items():
        if one.rows == one.of and not one.orphans:
            print(f"{table:12}  all {one.rows}")
            continue
        of = "an unknown number" if one.of is None else max(one.of, one.rows)
        more = f"; {one.orphans} more are damaged or belong to what is lost" if one.orphans else ""
        print(f"{table:12}  {one.rows} of {of}{more}")
    for fault in faults:
        print(fault)
    print(f"what could be read is in {target}")


def attempt_line(record: AttemptRecord) -> str:
    """Id, time, student, test, result; a corrected result also shows the machine's."""
    at = record.started_utc.astimezone().strftime("%Y-%m-%d %H:%M")
    at += "?" if record.clock == "untrusted" else " "
    name = (record.student.name or "(forgotten)") if record.student else "(nobody)"
    score = str(record.score) if record.valid else "void"
    machine = f" (counted {record.counted})" if record.corrections else ""
    said = ", ".join(f"{code} {number}" for code, number in record.faults.items())
    parts = (
        f"{record.id.hex[:8]}  {at} {name:24}  {record.protocol:26}  {score:>4}{machine}",
        record.ended or "running",
        said,
    )
    return "  ".join(part for part in parts if part)


def print_attempt(detail: AttemptDetail) -> None:
    """Prints one attempt, repetition by repetition, with every correction."""
    print(attempt_line(detail.attempt))
    for rep in detail.repetitions:
        judged = f"score {rep.score:.2f}" if rep.counted else "REJECTED  "
        changed = "" if rep.stands == rep.counted else " → stands" if rep.stands else " → rejected"
        said = " ".join(reason.sentence for reason in rep.reasons)
        line = f"{rep.number:3d}  {rep.start_s:7.2f} – {rep.end_s:6.2f} s  {judged}{changed}"
        print(f"{line}  {said}".rstrip())
    for correction in detail.corrections:
        at = correction.recorded_utc.astimezone().strftime("%Y-%m-%d %H:%M")
        about = f" {correction.number}" if correction.number is not None else ""
        value = correction.value or "(taken back)"
        print(f"{at}  {correction.who}: {correction.kind}{about} {value}: {correction.why}")
