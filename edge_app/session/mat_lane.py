"""One mat: from "show your feet" to the result, for one student after another.

    ready ──start──► waiting ──in the ready pose► countdown ──► running ──► settling ──► finished
      ▲                 ▲──────somebody left───────┘  ▲  │                                 │
      │                                               │  └─► paused ──resume───┐           │
      └───────────────────── next, repeat ────────────┴────────────────────────┴───────────┘

The lane has no clock and no camera. It takes poses and commands and returns events. The attempt
has its own time, which stops in a pause: seconds since "go" without pauses. All times in verdicts
and events are in that time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Sequence

from edge_app.exercise.build import counter_for
from edge_app.exercise.definition import Exercise
from edge_app.exercise.rep import Counter, Rep
from edge_app.pose.estimator import PoseEstimator
from edge_app.session.attempt import Attempt
from edge_app.session.events import Beat, CountedDown, Event, Judged, Missing, PhaseChanged
from edge_app.session.gesture import RaisedArm
from edge_app.session.protocol import Protocol
from edge_app.session.readiness import Lack, Readiness
from edge_app.values import Pose

SETTLE_S = 2.5  # a repetition begun before the end may take this long to become final
QUIET_S = 0.6  # after the end, this long without movement settles the result
MOMENT_S = 1e-3
LOST_S = 1.0  # somebody unseen for this long has left: the countdown starts again


@dataclass
class AttemptRun:
    """The state of one attempt, times in attempt seconds."""

    counter: Counter
    attempt: Attempt
    go_s: float  # camera time of "go"
    paused: list[tuple[float, float]] = field(default_factory=list)  # camera time, from and to
    beats: int = 0
    ended_s: float = 0.0
    moved_s: float = 0.0

    def time_s(self, t_s: float) -> float:
        """Attempt time of a camera time: earlier pauses are subtracted."""
        return t_s - self.go_s - self._stood_still_s(t_s)

    def count(self, pose: Pose) -> list[Rep]:
        """The counter's result for one pose; the counter's time stops in a pause, too."""
        return self.counter.update(replace(pose, t_s=pose.t_s - self._stood_still_s(pose.t_s)))

    def _stood_still_s(self, t_s: float) -> float:
        return sum(max(0.0, min(t_s, end) - start) for start, end in self.paused)


# attributes: the phases share the rules, what each of them watches for, and the times between
# them; what belongs to one attempt is in AttemptRun.
class MatLane:
    """One mat with one protocol; a `Lane` of `edge_app.pipeline.run`.

    Args:
        estimate: the pose of the person in the mat's zone.
        exercise, protocol: what to count, and by which rules.
        countdown_s: from all joints seen to "go".
        arm: a raised arm starts and stops.

    Attributes:
        phase: "ready", "waiting", "countdown", "running", "paused", "settling" or "finished".
        lack: what is missing before the countdown can begin.
        run: of the current or last attempt; None before the first.
    """

    def __init__(
        self,
        estimate: PoseEstimator,
        exercise: Exercise,
        protocol: Protocol,
        countdown_s: float = 3.0,
        arm: bool = True,
    ) -> None:
        self.estimate = estimate
        self._exercise, self.protocol, self._countdown_s = exercise, protocol, countdown_s
        self._readiness = Readiness(exercise)
        self._arm = RaisedArm() if arm else None
        self.phase = "ready"
        self.lack = Lack()
        self.run: AttemptRun | None = None
        self._counter = counter_for(exercise)
        self._t_s = 0.0
        self._go_s = self._seen_s = 0.0
        self._told = 0

    @property
    def progress(self) -> float:
        """The counting signal now, NaN while joints are missing."""
        return self._counter.signal.progress

    @property
    def held_s(self) -> int | None:
        """Whole seconds held so far in a running attempt of a hold."""
        return self._counter.count if self._exercise.hold and self.phase == "running" else None

    @property
    def counter(self) -> Counter:
        return self._counter

    @property
    def attempt(self) -> Attempt | None:
        return self.run.attempt if self.run else None

    def left_s(self) -> float:
        """Seconds left by the protocol, also after the end; infinite without a timer."""
        if self.run is None or self.phase in ("ready", "waiting", "countdown"):
            return self.protocol.ending.time_s
        ended = self.phase == "finished"
        return self.run.attempt.left_s(self.run.ended_s if ended else self.run.time_s(self._t_s))

    # Poses

    def update(self, pose: Pose) -> list[Event]:
        """Adds one pose, times strictly increasing; returns its events in order."""
        self._t_s = pose.t_s
        events: list[Event] = []
        lack = self._readiness.update(pose)
        if lack != self.lack:
            self.lack = lack
            events.append(Missing(lack))
        if self._arm and self._arm.update(pose):
            events += self._raised()
        if self.phase == "waiting" and self._readiness.ready:
            events += self._count_down()
        if self.phase == "countdown":
            events += self._counting_down(pose)
        if self.phase in ("running", "settling"):
            events += self._running(pose)
        elif self.phase != "paused":
            self._counter.update(pose)  # for the gauge, and so that rest is known at "go"
        return events

    def _raised(self) -> list[Event]:
        if self.phase in ("ready", "finished"):
            return self.start()
        return self.stop() if self.phase in ("waiting", "countdown", "running") else []

    def _count_down(self) -> list[Event]:
        self._counter = counter_for(
            self._exercise
        )  # forgets what was learned while the student walked about
        self._go_s, self._seen_s = self._t_s + self._countdown_s, self._t_s
        self._told = -1
        return self._to("countdown")

    def _counting_down(self, pose: Pose) -> list[Event]:
        if self._readiness.complete:
            self._seen_s = pose.t_s
        elif pose.t_s - self._seen_s > LOST_S:
            return self._to("waiting")
        left_s = self._go_s - pose.t_s
        left = max(0, -int(-left_s // 1)) if left_s > 0 else 0
        if left == self._told:
            return []
        self._told = left
        events: list[Event] = [CountedDown(left)]
        return events + self._go() if left == 0 else events

    def _go(self) -> list[Event]:
        if self._exercise.hold:
            # Seconds held before "go" do not belong to the attempt.
            self._counter = counter_for(self._exercise)
        self.run = AttemptRun(self._counter, Attempt(self.protocol, 0.0), self._t_s)
        return self._to("running")

    def _running(self, pose: Pose) -> list[Event]:
        run = self._the_run()
        t_s = run.time_s(pose.t_s)
        events: list[Event] = list(self._judge(run.count(pose)))
        moving = run.counter.phase in ("moving", "extreme")
        if moving:
            run.moved_s = t_s
        if self.phase == "settling":
            quiet = t_s - max(run.moved_s, run.ended_s) > QUIET_S
            if quiet or t_s - run.ended_s > SETTLE_S:
                events += self._finish()
            return events
        events += self._beat(t_s)
        ended = run.attempt.tick(t_s, moving)
        if ended == "time":
            run.ended_s = t_s
            events += self._to("settling", "time")
        elif ended:
            events += self._finish()
        return events

    def _beat(self, t_s: float) -> list[Event]:
        run, per_min = self._the_run(), self.protocol.cadence_per_min
        due = int(t_s * per_min / 60) + 1 if per_min else 0
        if due <= run.beats:
            return []
        run.beats = due
        return [Beat(due)]

    def _judge(self, reps: Sequence[Rep]) -> list[Judged]:
        run, judged = self._the_run(), []
        for rep in reps:
            times = (rep.start_s, rep.extreme_s, rep.end_s)
            start_s, extreme_s, end_s = (t_s - run.go_s for t_s in times)
            number = len(run.attempt.verdicts) + 1  # the counter saw the countdown as well
            own = replace(rep, number=number, start_s=start_s, extreme_s=extreme_s, end_s=end_s)
            verdict = run.attempt.add(own)
            if verdict is not None:
                judged.append(Judged(verdict, run.attempt.strikes))
        return judged

    def _finish(self) -> list[Event]:
        run = self._the_run()
        events: list[Event] = list(self._judge(run.counter.finish()))
        if self.phase != "settling":  # which has already ended, at the bell
            run.ended_s = run.time_s(self._t_s)
        self._counter = counter_for(self._exercise)
        return [*events, *self._to("finished", run.attempt.ended)]

    # Commands: a command that does not apply does nothing and returns no events.

    def start(self) -> list[Event]:
        """Starts the countdown as soon as all joints are seen."""
        return self._to("waiting") if self.phase in ("ready", "finished") else []

    def stop(self) -> list[Event]:
        """Ends the attempt, or cancels the countdown."""
        if self.phase in ("waiting", "countdown"):
            return self._to("ready")
        if self.phase not in ("running", "paused"):
            return []
        run = self._the_run()
        events: list[Event] = list(self._judge(run.counter.finish()))
        run.attempt.stop()
        return events + self._finish()

    def pause(self, why: str = "teacher") -> list[Event]:
        """Stops the time; a countdown starts again afterwards."""
        if self.phase == "countdown":
            return self._to("waiting")
        if self.phase == "settling" and why == "camera":
            return self._finish()
        if self.phase != "running":
            return []
        self._the_run().paused.append((self._t_s, float("inf")))
        return self._to("paused", why)

    def resume(self, t_s: float) -> list[Event]:
        """Resumes after a pause; `t_s` is the current camera time."""
        if self.phase != "paused":
            return []
        run = self._the_run()
        self._t_s = max(t_s, self._t_s)
        # Slightly less than the pause, so that attempt time increases to the next pose.
        run.paused[-1] = (run.paused[-1][0], self._t_s - MOMENT_S)
        return self._to("running")

    def ready(self) -> list[Event]:
        """Gets ready for the next student, or the same one again; only between attempts."""
        if self.phase not in ("finished", "ready"):
            return []
        self.run = None
        return self._to("ready")

    def undo(self) -> list[Event]:
        """Reverses the last verdict, from counted to rejected or back."""
        if self.run is None or self.phase not in ("running", "paused", "finished"):
            return []
        verdict = self.run.attempt.reverse_last()
        return [Judged(verdict, self.run.attempt.strikes, again=True)] if verdict else []

    def finish(self) -> list[Event]:
        """Ends the attempt: the camera is closed for good."""
        return self._finish() if self.phase == "settling" else self.stop()

    def _to(self, phase: str, why: str = "") -> list[Event]:
        self.phase = phase
        return [PhaseChanged(phase, why)]

    def _the_run(self) -> AttemptRun:
        assert self.run is not None  # every phase from running on has one
        return self.run
