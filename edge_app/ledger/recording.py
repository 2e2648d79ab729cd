"""Stores a running attempt in the ledger: every repetition before it is shown."""

from __future__ import annotations

import dataclasses
import math
import threading
import uuid
from datetime import datetime
from typing import Any, Callable, Mapping

from edge_app import __version__
from edge_app.ledger import schema
from edge_app.ledger.evidence import Sample, pack, track_of
from edge_app.ledger.records import REPETITION
from edge_app.ledger.store import Rows, Stamp, Store
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import Protocol
from edge_app.values import Pose

UNFINISHED = "unfinished"  # how an attempt ended that the device could not finish
SAMPLES_A_PART = 1800  # a minute at 30 frames a second


@dataclasses.dataclass(frozen=True)
class Start:
    """What is known when an attempt begins.

    Attributes:
        protocol: the rules in force; they are stored value by value.
        start_s: capture time of "go".
        student_id, class_id: of the roster; None for somebody who is not on it.
        mat: which mat of the station, where there are several.
        model: the network's name.
        id: of the attempt.
    """

    protocol: Protocol
    start_s: float
    student_id: uuid.UUID | None = None
    class_id: uuid.UUID | None = None
    mat: str = ""
    model: str = ""
    id: uuid.UUID = dataclasses.field(default_factory=uuid.uuid4)


class Recording:
    """Writes one attempt while it runs; `Ledger.begin` makes it.

    If the disk is full or the database does not answer, nothing is raised and nothing is lost: the
    rows wait in memory, in order, until a later call succeeds. Ids derive from the attempt's id,
    so that a row whose commit was never confirmed is not stored twice.

    Attributes:
        id: of the attempt.
        ended: `end` was called.
    """

    def __init__(self, start: Start, stamp: Callable[[], Stamp], store: Store) -> None:
        self.id = start.id
        self.ended = False
        self._stamp, self._store = stamp, store
        self._lock = threading.Lock()
        self._samples: list[Sample] = []
        self._parts = 0
        store.put([(schema.attempts, attempt_row(self.id, start, stamp()))])

    @property
    def problem(self) -> str:
        """ "" or one sentence that says why events wait in memory."""
        return self._store.problem

    def sample(self, pose: Pose, progress: float, parameters: Mapping[str, float]) -> None:
        """Adds one frame of evidence, kept in memory until the next repetition or minute is stored.

        Args:
            pose: as it was counted (`Pose.rounded`).
            progress: the counting signal, NaN where there is none.
            parameters: angles in degrees and distances in torso lengths, by name.
        """
        with self._lock:
            self._samples.append(Sample(pose, progress, dict(parameters)))
            if len(self._samples) >= SAMPLES_A_PART:
                self._store.put(self._evidence_rows())

    def add(self, verdict: Verdict) -> bool:
        """Stores one repetition and the evidence so far. True once it is on the disk.

        Call it before you show the repetition: then what was shown survives a power cut.
        """
        with self._lock:
            rows = repetition_rows(self.id, verdict, self._stamp())
            return self._store.put(rows + self._evidence_rows())

    def overrule(self, number: int, counted: bool, who: str, why: str) -> bool:
        """Stores a correction of one repetition made at the kiosk, in order with the other events.

        Unlike `Ledger.correct`, it waits in memory if the disk is full.
        """
        row = {
            "id": uuid.uuid4(), "attempt_id": self.id, "kind": REPETITION, "number": number,
            "value": "counted" if counted else "rejected", "who": who, "why": why,
            **self._stamp().columns,
        }  # fmt: skip
        return self._store.put([(schema.corrections, row)])

    def end(self, how: str) -> bool:
        """Ends the attempt; repetitions that become final later may still be added.

        Args:
            how: `Attempt.ended`: "time", "strikes", "gap", "cap" or "stopped".
        """
        with self._lock:
            if self.ended:
                return self._store.put([])
            self.ended = True
            ending = ending_row(self.id, how, self._stamp())
            return self._store.put([*self._evidence_rows(), (schema.endings, ending)])

    def _evidence_rows(self) -> Rows:
        if not self._samples:
            return []
        samples, self._samples = self._samples, []
        part, self._parts = self._parts, self._parts + 1
        data = pack(track_of(samples))
        return [evidence_row(self.id, part, len(samples), data, self._stamp())]


def ending_row(attempt_id: uuid.UUID, how: str, stamp: Stamp) -> dict[str, Any]:
    """The row of an attempt's ending. Its id derives from the attempt's, so there is only one."""
    return {
        "id": _child(attempt_id, "ending"),
        "attempt_id": attempt_id,
        "how": how,
        **stamp.columns,
    }


def attempt_row(
    attempt_id: uuid.UUID, start: Start, stamp: Stamp, started: datetime | None = None
) -> dict[str, Any]:
    """The row of an attempt's start.

    Args:
        stamp: when the row is written.
        started: when the student began, as far as known, if that is not now.
    """
    return {
        "id": attempt_id,
        **stamp.columns,
        "started_utc": started or stamp.utc,
        "started_boot_s": None if started else stamp.boot_s,
        "student_id": start.student_id,
        "class_id": start.class_id,
        "start_s": start.start_s,
        "exercise": start.protocol.exercise,
        "protocol": start.protocol.name,
        "rules": _plain(dataclasses.asdict(start.protocol)),
        "mat": start.mat,
        "model": start.model,
        "program": f"edge-reps {__version__}",
    }


def repetition_rows(attempt_id: uuid.UUID, verdict: Verdict, stamp: Stamp) -> Rows:
    """One repetition and its faults."""
    rep = verdict.rep
    row = {
        "id": _child(attempt_id, f"repetition {rep.number}"),
        "attempt_id": attempt_id,
        **stamp.columns,
        "number": rep.number,
        "start_s": rep.start_s,
        "extreme_s": rep.extreme_s,
        "end_s": rep.end_s,
        "counted": verdict.counted,
        "fault": verdict.fault,
        "value": rep.value,
        "count": verdict.score,
        "score": rep.score,
        "extremes": _plain(rep.extremes),
        "penalty": _plain(dataclasses.asdict(rep.penalty)),
    }
    rows: Rows = [(schema.repetitions, row)]
    for position, reason in enumerate(verdict.reasons):
        fault = {
            "id": _child(row["id"], f"fault {position}"),
            "repetition_id": row["id"],
            **stamp.columns,
            "position": position,
            "code": reason.code,
            "sentence": reason.sentence,
            "share": rep.penalty.parts.get(reason.code),
        }
        rows.append((schema.faults, fault))
    return rows


def evidence_row(
    attempt_id: uuid.UUID, part: int, frames: int, data: bytes, stamp: Stamp
) -> tuple[Any, dict[str, Any]]:
    """One piece of the track; `data` is `evidence.pack`."""
    row = {
        "id": _child(attempt_id, f"evidence {part}"),
        "attempt_id": attempt_id,
        **stamp.columns,
        "part": part,
        "frames": frames,
        "data": data,
    }
    return schema.evidence, row


def _child(parent: uuid.UUID, name: str) -> uuid.UUID:
    return uuid.uuid5(parent, name)


def _plain(value: Any) -> Any:
    """JSON text, with null for NaN and infinity, which JSON lacks."""
    if isinstance(value, Mapping):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
