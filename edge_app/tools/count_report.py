"""The tables of an evaluation: counts by exercise and maker, ghosts by kind, what went wrong."""

from __future__ import annotations

import math
import re
import subprocess
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import AbstractSet, Callable, Iterable, Sequence, TypeVar

from edge_app import __version__
from edge_app.errors import InputError
from edge_app.exercise.build import open_exercise
from edge_app.tools.bootstrap import DRAWS, Ratio, ratio_over_makers
from edge_app.tools.evaluation import Evaluation, Ghosts, Outcome
from edge_app.tools.manifest import Clip
from edge_app.tools.text_table import Table

CORE = ("sit-up", "push-up", "squat")  # what schools test most
ABSENT = "–"
T = TypeVar("T")


def tables(found: Evaluation) -> list[Table]:
    """Counts by exercise, ghosts by kind; both apart for clips that were tuned on and others."""
    made = [_counts("Counts", found.outcomes)]
    tuned = [o for o in found.outcomes if o.clip.tuned]
    others = [o for o in found.outcomes if not o.clip.tuned]
    if tuned and others:
        made.append(_counts("Counts, makers that the counter was tuned on", tuned))
        made.append(_counts("Counts, other makers", others))
    if found.ghosts:
        made.append(_ghosts(found.ghosts))
    return [table for table in made if table.rows]


def maker_table(found: Evaluation, seen: AbstractSet[str]) -> Table:
    """One row per maker.

    Args:
        found: what was counted.
        seen: the makers whose pictures the pose network learnt from.
    """
    rows = []
    ghosts = _groups(found.ghosts, lambda g: maker_of(g.clip))
    outcomes = _groups(found.outcomes, lambda o: maker_of(o.clip))
    for maker in sorted({**ghosts, **outcomes}, key=str.lower):
        mine, empty = outcomes.get(maker, []), ghosts.get(maker, [])
        clips = [*(o.clip for o in mine), *(g.clip for g in empty)]
        minutes = sum(g.seconds for g in empty) / 60
        rows.append([
            maker, *("yes" if yes else "no" for yes in (clips[0].tuned, maker in seen)),
            str(len(mine)), *(_share(f(o) for o in mine) for f in (exact, near, normalised)),
            f"{minutes:.1f}" if empty else ABSENT,
            str(sum(g.total for g in empty)) if empty else ABSENT,
        ])  # fmt: skip
    columns = (
        "maker", "counter tuned on", "network saw", "counted clips", "exact", "within one", "MAE",
        "minutes of nothing", "ghosts",
    )  # fmt: skip
    return Table("By maker", columns, rows)


def wrong_counts(found: Evaluation) -> list[str]:
    """One line per clip with a wrong count, worst first, with ghosts, or that was not counted."""
    lines = []
    for o in sorted((o for o in found.outcomes if o.error), key=lambda o: -o.normalised):
        said = f"{o.clip.path.name}: {o.counted}, not {o.clip.lowest}–{o.clip.highest}"
        lines.append(said + (" (tuned on)" if o.clip.tuned else ""))
    for ghosts in sorted((g for g in found.ghosts if g.total), key=lambda g: -g.total):
        counts = ", ".join(f"{n} as {name}" for name, n in ghosts.counts.items() if n)
        lines.append(f"{ghosts.clip.path.name}: {counts}, not 0")
    lines += [f"{clip.path.name[:80]}: not counted: {reason}" for clip, reason in found.unreadable]
    return lines


def exact(outcome: Outcome) -> float:
    """1 for a count within the accepted range, else 0."""
    return float(outcome.error == 0)


def near(outcome: Outcome) -> float:
    """1 for a count off by at most one, else 0."""
    return float(abs(outcome.error) <= 1)


def normalised(outcome: Outcome) -> float:
    """|error| over the largest accepted count; its mean is the MAE."""
    return outcome.normalised


def maker_of(clip: Clip) -> str:
    """A clip's maker; one that names none is a maker of its own."""
    return clip.maker or clip.path.name


def over_makers(outcomes: Sequence[Outcome], figure: Callable[[Outcome], float]) -> Ratio:
    """The mean of a figure over clips, with its interval over makers."""
    makers = [maker_of(o.clip) for o in outcomes]
    return ratio_over_makers(makers, [figure(o) for o in outcomes], [1.0] * len(outcomes))


def cell(ratio: Ratio) -> str:
    """0.88 [0.79, 0.95]; without an interval where there is none."""
    if math.isnan(ratio.value):
        return ABSENT
    interval = "" if math.isnan(ratio.low) else f" [{ratio.low:.2f}, {ratio.high:.2f}]"
    return f"{ratio.value:.2f}{interval}"


def _commit() -> str:
    """The checkout's commit, for a page; "" where there is none."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        done = subprocess.run(git, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return f", commit {done.stdout.strip()}"


def _counts(title: str, outcomes: Sequence[Outcome]) -> Table:
    by_exercise = _groups(outcomes, lambda o: _label(o.clip))
    rows = [_count_row(name, members) for name, members in sorted(by_exercise.items())]
    core = [o for name in CORE for o in by_exercise.get(name, ())]
    if len(by_exercise) > 1:
        if core:
            rows.append(_count_row(", ".join(CORE), core))
        if core and "crunch" in by_exercise:
            rows.append(_count_row("… and crunch", [*core, *by_exercise["crunch"]]))
        rows.append(_count_row("all", outcomes))
    columns = ("exercise", "clips", "makers", "exact", "within one", "MAE", "bias", "boundary s")
    return Table(title, columns, rows)


def _count_row(name: str, members: Sequence[Outcome]) -> list[str]:
    figures = [cell(over_makers(members, figure)) for figure in (exact, near, normalised)]
    bounds = [o.boundary_s for o in members if o.boundary_s is not None]
    return [
        name, str(len(members)), str(len({maker_of(o.clip) for o in members})), *figures,
        f"{mean(o.error for o in members):+.2f}", f"{median(bounds):.2f}" if bounds else ABSENT,
    ]  # fmt: skip


def _ghosts(ghosts: Sequence[Ghosts]) -> Table:
    counters = list(ghosts[0].counts)
    rows = [
        _ghost_row(kind, members, counters)
        for kind, members in sorted(_groups(ghosts, lambda g: g.clip.kind).items())
    ]
    halves = _groups(ghosts, lambda g: "tuned on" if g.clip.tuned else "other makers")
    if len(halves) > 1:
        rows += [_ghost_row(name, members, counters) for name, members in halves.items()]
    if len(rows) > 1:
        rows.append(_ghost_row("all", ghosts, counters))
    columns = ("kind", "clips", "makers", "minutes", *counters, "together")
    return Table("Ghosts a minute, by kind of movement", columns, rows)


def _ghost_row(name: str, members: Sequence[Ghosts], counters: Sequence[str]) -> list[str]:
    makers = [maker_of(g.clip) for g in members]
    minutes = [g.seconds / 60 for g in members]
    rates = [_rate(sum(g.counts[counter] for g in members), sum(minutes)) for counter in counters]
    together = ratio_over_makers(makers, [float(g.total) for g in members], minutes)
    numbers = [str(len(members)), str(len(set(makers))), f"{sum(minutes):.1f}"]
    return [name, *numbers, *rates, cell(together)]


def _rate(count: int, minutes: float) -> str:
    return f"{count / minutes:.2f}" if minutes else ABSENT


def _share(values: Iterable[float]) -> str:
    listed = list(values)
    return f"{mean(listed):.2f}" if listed else ABSENT


def _label(clip: Clip) -> str:
    """The exercise's own name, whatever alias the manifest uses."""
    try:
        return open_exercise(clip.exercise).name
    except InputError:  # counted as something else
        return clip.exercise


def _groups(items: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def page(command: Sequence[str], poses: str, tables: Sequence[Table], wrong: Sequence[str]) -> str:
    """The Markdown page: how it was made, then the tables and what went wrong.

    Args:
        command: as in `sys.argv`; of paths only the names are shown.
        poses: how they were made.
        tables: in order.
        wrong: from `wrong_counts`.
    """
    shown = " ".join(re.sub(r"[^=]*/", "", word.rstrip("/")) for word in command[1:])
    lines = [
        "# Counts of real clips", "", f"`reps {shown}`", "",
        f"{date.today()}, edge-reps {__version__}{_commit()}; {poses}. Brackets: 95 % of "
        f"{DRAWS:,} bootstrap draws over makers. [How to read it](../develop/evaluate.md).", "",
    ]  # fmt: skip
    lines += [part for table in tables for part in (table.markdown(), "")]
    lines += ["## Wrong counts", "", *(f"* {line}" for line in wrong)]
    return "\n".join(lines) + "\n"
