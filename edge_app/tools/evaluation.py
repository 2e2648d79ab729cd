"""Evaluates counters on clips with known counts, as a table and as rows."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Sequence

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


def reps_of(exercise: str, poses: Sequence[Pose]) -> list[Rep]:
    """All repetitions of a track in free practice, counted or not."""
    stored = StoredTrack(poses)
    (result,) = run(stored, [rules_of(exercise).lane(stored.estimate)])
    return [verdict.rep for verdict in result.attempt.verdicts] if result.attempt else []


def outcome_of(clip: Clip, exercise: str, poses: Sequence[Pose]) -> Outcome:
    """Counts a track."""
    reps = reps_of(exercise, poses)
    counted = sum(rep.value for rep in reps if rep.counted)
    seconds = poses[-1].t_s - poses[0].t_s if poses else 0.0
    rejected = sum(not rep.counted for rep in reps)
    return Outcome(clip, counted, rejected, boundary_error_s(reps, clip.times), seconds)


def print_table(outcomes: list[Outcome], unreadable: Sequence[tuple[Clip, str]] = ()) -> None:
    """One line per exercise, then overall; then the clips with errors, worst first.

    Args:
        unreadable: clips that could not be counted, and why; listed at the end.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.clip.exercise, []).append(outcome)
    print(f"{'exercise':14s} clips   OBZ   OBO   MAE   bias  boundary")
    for name, members in [*sorted(groups.items()), ("all", outcomes)]:
        if members:
            print(_line(name, members))
    wrong = sorted((o for o in outcomes if o.error), key=lambda o: -o.normalised)
    for outcome in wrong:
        clip = outcome.clip
        print(f"  {clip.path.name}: {outcome.counted}, not {clip.lowest}–{clip.highest}")
    for clip, reason in unreadable:
        print(f"  {clip.path.name[:80]}: not counted: {reason}")


def _line(name: str, members: list[Outcome]) -> str:
    exact = mean(o.error == 0 for o in members)
    near = mean(abs(o.error) <= 1 for o in members)
    mae = mean(o.normalised for o in members)
    bias = mean(o.error for o in members)
    bounds = [o.boundary_s for o in members if o.boundary_s is not None]
    boundary = f"{median(bounds):6.2f} s" if bounds else "      –"
    return (
        f"{name:14s} {len(members):5d}  {exact:.2f}  {near:.2f}  {mae:.2f}  {bias:+.2f}  {boundary}"
    )


def write_rows(
    path: Path, outcomes: list[Outcome], unreadable: Sequence[tuple[Clip, str]] = ()
) -> None:
    """One row per clip; one that could not be read has the reason in the last column."""
    with whole_file(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["file", "exercise", "lowest", "highest", "counted", "rejected", "error", "boundary_s",
             "not_counted"]
        )  # fmt: skip
        for o in outcomes:
            clip, boundary = o.clip, o.boundary_s
            row = [clip.path.name, clip.exercise, clip.lowest, clip.highest, o.counted, o.rejected]
            writer.writerow([*row, o.error, "" if boundary is None else round(boundary, 3), ""])
        for clip, reason in unreadable:
            row = [clip.path.name, clip.exercise, clip.lowest, clip.highest]
            writer.writerow([*row, "", "", "", "", reason])
