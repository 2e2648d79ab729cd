"""Counts clips with known counts: the error of each, and its ghosts where there is nothing."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Mapping, Sequence

from edge_app.exercise.rep import Rep
from edge_app.files import whole_file
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.tools.manifest import Clip
from edge_app.values import Pose

GHOST_EXERCISES = ("sit-up", "push-up", "squat")  # each is run over every negative clip
OVERLAP = 0.3  # lowest intersection over union of two intervals that count as the same repetition


@dataclass(frozen=True)
class Outcome:
    """The result of one clip."""

    clip: Clip
    counted: int
    rejected: int
    boundary_s: float | None  # mean error of matched starts and ends
    seconds: float  # length of the clip

    @property
    def error(self) -> int:
        """Signed distance of the count to the accepted range."""
        over = self.counted - self.clip.highest
        under = self.counted - self.clip.lowest
        return over if over > 0 else min(under, 0)

    @property
    def normalised(self) -> float:
        """|error| over the largest accepted count."""
        return abs(self.error) / max(self.clip.highest, 1)


def boundary_error_s(reps: list[Rep], times: tuple[tuple[float, float], ...]) -> float | None:
    """Mean absolute error of start and end over repetitions that overlap a true one."""
    errors = []
    for rep in reps:
        for start, end in times:
            both = min(rep.end_s, end) - max(rep.start_s, start)
            either = max(rep.end_s, end) - min(rep.start_s, start)
            if rep.counted and either > 0 and both / either >= OVERLAP:
                errors += [abs(rep.start_s - start), abs(rep.end_s - end)]
    return mean(errors) if errors else None


@dataclass(frozen=True)
class Ghosts:
    """What was counted in a clip with nothing to count.

    Attributes:
        counts: the count of each counter that was run over it, by the exercise's name.
        seconds: length of the clip.
    """

    clip: Clip
    counts: Mapping[str, int]
    seconds: float

    @property
    def total(self) -> int:
        """All counters together."""
        return sum(self.counts.values())


@dataclass
class Evaluation:
    """The result of a manifest.

    Attributes:
        outcomes: of clips with repetitions.
        ghosts: of the others.
        unreadable: clips that could not be counted, and why.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    ghosts: list[Ghosts] = field(default_factory=list)
    unreadable: list[tuple[Clip, str]] = field(default_factory=list)


def reps_of(exercise: str, poses: Sequence[Pose]) -> list[Rep]:
    """All repetitions of a track in free practice, counted or not."""
    stored = StoredTrack(poses)
    (result,) = run(stored, [rules_of(exercise).lane(stored.estimate)])
    return [verdict.rep for verdict in result.attempt.verdicts] if result.attempt else []


def outcome_of(clip: Clip, exercise: str, poses: Sequence[Pose]) -> Outcome:
    """Counts a track by an exercise's rules."""
    seconds = poses[-1].t_s - poses[0].t_s if poses else 0.0
    return outcome_of_reps(clip, reps_of(exercise, poses), seconds)


def outcome_of_reps(clip: Clip, reps: list[Rep], seconds: float) -> Outcome:
    """The outcome of repetitions that any counter found in a clip of this length."""
    counted = sum(rep.value for rep in reps if rep.counted)
    rejected = sum(not rep.counted for rep in reps)
    return Outcome(clip, counted, rejected, boundary_error_s(reps, clip.times), seconds)


def write_rows(path: Path, found: Evaluation) -> None:
    """One row per clip, and per counter where there is nothing to count.

    A clip that could not be read has the reason in the last column.
    """
    with whole_file(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["file", "exercise", "lowest", "highest", "counted", "rejected", "error", "boundary_s",
             "not_counted", "counted_as", "maker", "tuned_on"]
        )  # fmt: skip
        for o in found.outcomes:
            counts = [o.counted, o.rejected, o.error]
            boundary = "" if o.boundary_s is None else round(o.boundary_s, 3)
            writer.writerow([*_what(o.clip), *counts, boundary, "", o.clip.exercise, *_who(o.clip)])
        for ghosts in found.ghosts:
            for name, count in ghosts.counts.items():
                row = [*_what(ghosts.clip), count, "", count, "", "", name]
                writer.writerow([*row, *_who(ghosts.clip)])
        for clip, reason in found.unreadable:
            writer.writerow([*_what(clip), "", "", "", "", reason, "", *_who(clip)])


def _what(clip: Clip) -> list[object]:
    return [clip.path.name, clip.exercise, clip.lowest, clip.highest]


def _who(clip: Clip) -> list[str]:
    return [clip.maker, "yes" if clip.tuned else "no"]
