"""Counts clips under every change, and compares with the count without it."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable, Sequence

import numpy as np

import edge_app
from edge_app.tools.bootstrap import ratio_over_makers
from edge_app.tools.count_report import cell, exact, maker_of, near, normalised, over_makers
from edge_app.tools.evaluation import Outcome, reps_of
from edge_app.tools.manifest import Clip
from edge_app.tools.robustness.rows import Row, Rows
from edge_app.tools.robustness.variants import VARIANTS, Track, Variant, differ
from edge_app.tools.text_table import Table
from edge_app.values import Pose

AS_STORED = "as stored"
COUNTING = ("exercise", "session", "pipeline")  # the rooms that a count of poses depends on
CHANGES = "tools/robustness/variants.py"
COLUMNS = ("change", "clips", "counts that change", "exact", "within one", "MAE")


@dataclass(frozen=True)
class Changed:
    """One clip's count without a change, and with it."""

    variant: str
    before: Outcome
    after: Outcome


@lru_cache(maxsize=None)
def counter_digest() -> str:
    """Of the program's files that decide a count of poses; another counter makes other rows."""
    root = Path(edge_app.__file__).parent
    files = [path for room in COUNTING for path in sorted((root / room).rglob("*"))]
    digest = hashlib.sha256()
    for path in (*files, root / CHANGES):
        if path.suffix in (".py", ".toml"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def random_of(clip: Clip, variant: str, draw: int) -> np.random.Generator:
    """The random numbers of one change to one clip: the same in every run and order."""
    name = f"{clip.path.name} {variant}".encode()
    return np.random.default_rng([zlib.crc32(name), draw])


def count_changed(
    clip: Clip, exercise: str, track: Track, rows: Rows, variants: Sequence[Variant] = VARIANTS
) -> list[Changed]:
    """Counts one track under every change that does change it.

    Args:
        clip: with the true count.
        exercise: to count it as.
        track: its poses.
        rows: counts made before; gets those made now.
        variants: the changes.
    """
    made_by = f"{counter_digest()} {_digest(track)} {exercise}"

    def count(variant: str, draw: int, poses: Track) -> Outcome:
        return counted_once(
            Row(made_by, clip.path.name, variant, draw, 0), clip, rows,
            lambda: sum(rep.value for rep in reps_of(exercise, poses) if rep.counted),
        )  # fmt: skip

    before = count(AS_STORED, 0, track)
    found = [Changed(AS_STORED, before, before)]
    for variant in variants:
        if clip.times and clip.times[0][0] < track[0].t_s + variant.cut_s:
            continue
        for draw in range(variant.draws):
            changed = variant.change(track, random_of(clip, variant.name, draw))
            if differ(track, changed):
                after = count(variant.name, draw, changed)
                found.append(Changed(variant.name, before, after))
    return found


def counted_once(row: Row, clip: Clip, rows: Rows, count: Callable[[], int]) -> Outcome:
    """The outcome of a row that was made before, or of a count made now and kept."""
    stored = rows.get(row.key)
    if stored is None:
        stored = Row(row.made_by, row.file, row.variant, row.draw, count())
        rows.add(stored)
    return Outcome(clip, stored.counted, 0, None, 0.0)


def table(title: str, note: str, found: Sequence[Changed]) -> Table:
    """One row per change, in order of their first appearance.

    The share of counts that change, and the errors with the change; intervals over makers.
    """
    by_variant: dict[str, list[Changed]] = {}
    for changed in found:
        by_variant.setdefault(changed.variant, []).append(changed)
    lines = []
    for name, members in by_variant.items():
        makers = [maker_of(c.after.clip) for c in members]
        clips = {c.after.clip.path for c in members}
        other = [float(c.after.counted != c.before.counted) for c in members]
        moved = ratio_over_makers(makers, other, [1.0] * len(members))
        after = [c.after for c in members]
        errors = [cell(over_makers(after, figure)) for figure in (exact, near, normalised)]
        lines.append([name, str(len(clips)), cell(moved), *errors])
    return Table(title, COLUMNS, lines, note)


def _digest(track: Sequence[Pose]) -> str:
    digest = hashlib.sha256()
    for pose in track:
        digest.update(pose.xy.tobytes() + pose.score.tobytes() + np.float64(pose.t_s).tobytes())
    return digest.hexdigest()[:16]
