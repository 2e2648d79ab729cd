"""What may be wrong with a count that found next to nothing: a turned picture, another exercise."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Sequence

import numpy as np

from edge_app.exercise.auto import NAME as AUTO
from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.parameters import ParameterReader
from edge_app.pipeline.build import Rules, StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.values import Pose

SLOWEST_S = 8.0  # one repetition in this time on average is a count that needs no explanation
FEWEST = 2  # repetitions that make an explanation
CLEARLY = 1.5  # times the present count
UPRIGHT_RISE = 0.6  # with the trunk this upright, the picture is hardly turned
MOST_OF_IT = 0.3  # of the clip's time that another exercise's repetitions must take
TURNS = {180: "upside down", 90: "turned to the left", 270: "turned to the right"}


def hint(rules: Rules, poses: Sequence[Pose], score: int, size_px: tuple[int, int]) -> str:
    """A sentence if the same poses, turned or as another exercise, make much more sense.

    Args:
        rules: by which they were counted.
        poses: one per frame.
        score: repetitions counted.
        size_px: (height, width) of the picture.

    Returns:
        A sentence for the user; "" if there is no better explanation.
    """
    seconds = poses[-1].t_s - poses[0].t_s if poses else 0.0
    held = rules.exercise is not None and rules.exercise.hold is not None
    if held or (score > 1 and score * SLOWEST_S >= seconds):
        return ""
    reader = ParameterReader()
    rises = [reader.read(pose)["trunk_rise"] for pose in poses]
    if np.isnan(rises).all():
        return ""
    upright = float(np.nanmedian(rises)) > UPRIGHT_RISE
    ways = [_other, _turn] if upright else [_turn, _other]
    return next(filter(None, (way(rules, poses, score, size_px) for way in ways)), "")


def _turn(rules: Rules, poses: Sequence[Pose], score: int, size_px: tuple[int, int]) -> str:
    free = rules_of(rules.exercise or rules.name)
    counts = {deg: _count(free, [_turned(p, deg, size_px) for p in poses]) for deg in TURNS}
    best_deg = max(counts, key=lambda deg: counts[deg].reps)
    if counts[best_deg].reps < max(FEWEST, CLEARLY * score):
        return ""
    return f"the picture seems to be {TURNS[best_deg]}: --rotate {best_deg}"


def _other(rules: Rules, poses: Sequence[Pose], score: int, size_px: tuple[int, int]) -> str:
    if score or rules.exercise is None:
        return ""
    seconds = poses[-1].t_s - poses[0].t_s
    other = _count(rules_of(AUTO), poses)
    if other.reps <= FEWEST or other.seconds < MOST_OF_IT * seconds:
        return ""
    if other.exercise in (rules.exercise.name, AUTO, NEW, ""):
        return ""
    return f"this looks like {_plural(other.exercise)}, not {_plural(rules.exercise.name)}"


def _plural(name: str) -> str:
    return f"{name}es" if name.endswith("ch") else f"{name}s"


class _Counted(NamedTuple):
    reps: int
    seconds: float  # that they take
    exercise: str


def _count(rules: Rules, poses: Sequence[Pose]) -> _Counted:
    track = StoredTrack(poses)
    lane = rules.lane(track.estimate)
    (result,) = run(track, [lane])
    reps = [v.rep for v in result.attempt.verdicts if v.counted] if result.attempt else []
    found = lane.counter.exercise if isinstance(lane.counter, AutoCounter) else rules.exercise
    name = found.name if found else ""
    return _Counted(result.score, sum(rep.end_s - rep.start_s for rep in reps), name)


def _turned(pose: Pose, rotate_deg: int, size_px: tuple[int, int]) -> Pose:
    """The pose in the picture turned clockwise."""
    height, width = size_px
    x, y = pose.xy[:, 0], pose.xy[:, 1]
    turned = {
        90: (height - 1 - y, x), 180: (width - 1 - x, height - 1 - y), 270: (y, width - 1 - x)
    }[rotate_deg]  # fmt: skip
    return replace(pose, xy=np.stack(turned, axis=1))
