"""Counts a scene's pose track under a strict protocol and compares the result with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_app.exercise.build import counter_for
from edge_app.exercise.definition import find_exercise
from edge_app.pipeline.build import StoredTrack
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.session.attempt import Verdict
from edge_app.session.events import Judged as Said
from edge_app.session.lane import ClipLane
from edge_app.session.protocol import Protocol, Requirement, find_protocol, free_practice
from edge_app.values import Pose
from models.experiments.plan import Plan
from models.experiments.script import STANDING, VALID, RepTruth

# The codes of the script's faults in the school tests and the counter.
CODES = {
    "support": ("support",), "feet": ("feet_off",), "unilateral": ("unilateral",),
    "hands": ("hands", "hands_away"), "range": ("range", "height", "depth", "incomplete"),
    "return": ("return",), "sag": ("sag",), "pike": ("pike",),
}  # fmt: skip
BESIDE = {"support": ("hands", "hands_away")}  # a hand on the floor has left the head as well
SQUAT = Protocol(
    name="strict squat", exercise="squat", source="ours", penalty_limit=0.1,
    require=(
        Requirement("depth", "knee_by_reach_deg", "Go lower: thighs level.", max=100),
    ),
)  # fmt: skip
FREE = "free practice"  # the counter without a test's protocol
FULL, NOT_OPTIMISED, NOT_REJECTING = "full", "without interval optimisation", "without rejection"


@dataclass(frozen=True)
class Found:
    """One repetition from the counter."""

    start_s: float
    extreme_s: float
    end_s: float
    counted: bool
    codes: tuple[str, ...]  # of its faults, empty if it counts
    told_s: float  # the time of the pose with which it became final


@dataclass(frozen=True)
class Judged:
    """A true repetition and its match; `found` is None without a match."""

    plan: Plan
    truth: RepTruth
    found: Found | None

    @property
    def rejected(self) -> bool:
        """Whether it does not count."""
        return self.found is None or not self.found.counted

    def has(self, fault: str) -> bool:
        """Whether the counter names the fault; for a standing person, that it counts nothing."""
        if fault == STANDING:
            return self.rejected
        return self.found is not None and any(c in CODES[fault] for c in self.found.codes)


@dataclass(frozen=True)
class Result:
    """The result of one scene."""

    plan: Plan
    counted: int
    valid: int  # the true count
    judged: tuple[Judged, ...]
    ghosts: int  # found without a true repetition


def protocol_of(exercise: str) -> Protocol:
    """The strict test of an exercise."""
    names = {"sit-up": "china-sit-up", "push-up": "ippt-push-up"}
    return find_protocol(names[exercise]) if exercise in names else SQUAT


def find(poses: Sequence[Pose], exercise: str, variant: str = FULL) -> list[Found]:
    """All verdicts of counter and protocol on a track.

    Args:
        variant: one of the ablations of figure 10, or FREE: without a test's rules and ending.
    """
    protocol = free_practice(exercise) if variant == FREE else protocol_of(exercise)
    counter = counter_for(find_exercise(exercise), optimise=variant != NOT_OPTIMISED)
    stored = StoredTrack(poses)
    told: list[tuple[Verdict, float]] = []  # and the time of the pose with which it was final

    def note(update: Update) -> None:
        told.extend((judged.verdict, update.pose.t_s) for judged in update.judged)

    (result,) = run(stored, [ClipLane(stored.estimate, counter, protocol)], [EachUpdate(note)])
    told += [(event.verdict, poses[-1].t_s) for event in result.last if isinstance(event, Said)]
    found = []
    for verdict, told_s in told:
        rep = verdict.rep
        counted = verdict.counted or variant == NOT_REJECTING
        codes = () if verdict.counted else tuple(reason.code for reason in verdict.reasons)
        found.append(Found(rep.start_s, rep.extreme_s, rep.end_s, counted, codes, told_s))
    return found


def judge(
    plan: Plan, truth: Sequence[RepTruth], poses: Sequence[Pose], variant: str = FULL
) -> Result:
    """Judges one scene: a true repetition matches the one found with its turning point inside."""
    found = find(poses, plan.exercise, variant)
    free = list(found)
    judged = []
    for rep in truth:
        middle_s = (rep.extreme_s + rep.turned_s) / 2
        inside = [f for f in free if rep.start_s <= f.extreme_s <= rep.end_s]
        best = min(inside, key=lambda f: abs(f.extreme_s - middle_s), default=None)
        if best is not None:
            free.remove(best)
        judged.append(Judged(plan, rep, best))
    counted = sum(f.counted for f in found)
    valid = sum(rep.fault == VALID for rep in truth)
    return Result(plan, counted, valid, tuple(judged), len(free))
