"""Turns a lane's events into rows of the ledger and events for the pages."""

from __future__ import annotations

import time
import uuid
from collections import deque
from dataclasses import replace
from typing import Any, Dict, Sequence, Tuple

from edge_app.kiosk.event_writer import EventWriter, Work
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recording import Recording, Start
from edge_app.session.events import Beat, CountedDown, Event, Judged, Missing, PhaseChanged
from edge_app.session.mat_lane import MatLane
from edge_app.sinks.document import verdict_as_dict
from edge_app.values import Pose

Sample = Tuple[Pose, float, Dict[str, float]]
NOT_BEGUN = "Not stored: the attempt itself is not in the ledger."
BEFORE = 300  # poses of the countdown that are kept with the attempt


class AttemptRecorder:
    """Records one mat's attempts; called by the counting loop only.

    Attributes:
        student: who stands on the mat: id, class_id, name; None for a guest.
        mat: its number in the ledger, "" if there is only one mat.
        attempt: the id of the running or last attempt.
        paused_by: why the lane is paused, or "".

    Args:
        number: of the mat, from 1, as on the pages.
    """

    def __init__(self, ledger: Ledger, writer: EventWriter, model: str, number: int = 1) -> None:
        self._ledger, self._writer, self._model = ledger, writer, model
        self._number = number
        self.student: dict[str, Any] | None = None
        self.mat = self.paused_by = ""
        self.attempt: uuid.UUID | None = None
        self._before: deque[Sample] = deque(maxlen=BEFORE)
        self._recording: Recording | None = None  # used by the writer's thread only

    def tell(self, kind: str, data: dict[str, Any], work: Work | None = None) -> None:
        """Publishes an event of this mat after `work` has stored it."""
        self._writer.tell(kind, {"mat": self._number, **data}, work)

    def pose(self, lane: MatLane, pose: Pose) -> None:
        """Adds one pose to the evidence; before "go" it is kept until the attempt starts."""
        if lane.phase == "countdown":
            self._before.append((pose, lane.progress, lane.counter.parameters))
        elif lane.phase in ("running", "settling") and lane.run is not None:
            own = replace(pose, t_s=lane.run.time_s(pose.t_s))
            progress, parameters = lane.progress, lane.counter.parameters
            self._writer.do(lambda: self._sample([(own, progress, parameters)]))

    def happened(self, lane: MatLane, event: Event, who: str) -> None:
        """Handles one event of the lane."""
        if isinstance(event, PhaseChanged):
            self._phase(lane, event)
        elif isinstance(event, Judged):
            self._judged(event, who)
        elif isinstance(event, Missing):
            pose = [{"code": r.code, "sentence": r.sentence} for r in event.lack.pose]
            self.tell("missing", {"joints": list(event.lack.joints), "pose": pose})
        elif isinstance(event, CountedDown):
            self.tell("countdown", {"left": event.left, "at_ms": _now_ms()})
        elif isinstance(event, Beat):
            self.tell("beat", {"number": event.number, "at_ms": _now_ms()})

    def _phase(self, lane: MatLane, event: PhaseChanged) -> None:
        data: dict[str, Any] = {"phase": event.phase, "why": event.why, "at_ms": _now_ms()}
        resumed = self.paused_by != ""
        self.paused_by = event.why if event.phase == "paused" else ""
        work: Work | None = None
        if event.phase == "countdown":
            self._before.clear()
        elif event.phase == "running" and not resumed and lane.run is not None:
            work = self._begin(lane)
        elif event.phase == "finished":
            work = self._end(event.why)
        if event.phase in ("running", "paused", "settling", "finished"):
            data["attempt"] = str(self.attempt)
        self.tell("phase", data, work)

    def _begin(self, lane: MatLane) -> Work:
        """Work for the event writer: a new attempt, with the countdown's poses before time 0."""
        student = self.student or {}
        ids = [uuid.UUID(student[k]) if student.get(k) else None for k in ("id", "class_id")]
        self.attempt = uuid.uuid4()
        start = Start(
            lane.protocol, 0.0, ids[0], ids[1], self.mat, self._model, id=self.attempt
        )  # fmt: skip
        run = lane.run
        go_s = run.go_s if run else 0.0
        before = [(replace(p, t_s=p.t_s - go_s), v, names) for p, v, names in self._before]

        def work() -> str:
            self._recording = None  # if this one cannot start, none of its rows go to the last one
            self._recording = self._ledger.begin(start)
            self._sample(before)
            return self._recording.problem

        return work

    def _end(self, why: str) -> Work:
        def work() -> str:
            recording = self._recording
            if recording is None:
                return NOT_BEGUN
            recording.end(why)
            return recording.problem

        return work

    def _judged(self, event: Judged, who: str) -> None:
        verdict = event.verdict
        data: dict[str, Any] = {
            "rep": verdict_as_dict(verdict), "count": verdict.score, "strikes": event.strikes,
            "again": event.again, "at_ms": _now_ms(),
        }  # fmt: skip

        def work() -> str:
            recording = self._recording
            if recording is None:
                return NOT_BEGUN
            if not event.again:
                recording.add(verdict)
                return recording.problem
            number, why = verdict.rep.number, "undone at the kiosk"
            recording.overrule(number, verdict.counted, who or "kiosk", why)
            return recording.problem

        self.tell("rep", data, work)

    def _sample(self, samples: Sequence[Sample]) -> str:
        if self._recording is None:
            return NOT_BEGUN
        for pose, progress, parameters in samples:
            self._recording.sample(pose, progress, parameters)
        return self._recording.problem


def _now_ms() -> float:
    """Wall-clock time, only for the page to show the delay of events."""
    return round(time.time() * 1000, 1)
