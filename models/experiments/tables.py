"""The figures of the tables: accuracy by group, and the detection of each violation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from models.experiments.judge import BESIDE, Judged, Result
from models.experiments.script import STANDING, VALID

Key = TypeVar("Key")


@dataclass(frozen=True)
class Violation:
    """The detection of one violation; shares are 0 instead of NaN.

    Attributes:
        reps: true repetitions with it.
        recall: share of them that do not count.
        named: share of them with its name as a reason.
        precision: of the repetitions with that name, the share that has the violation.
        accuracy: of these and the valid ones of the same exercise, the share judged right.
        told_s: median time from the end of the movement to the verdict.
    """

    exercise: str
    fault: str
    reps: int
    recall: float
    named: float
    precision: float
    accuracy: float
    told_s: float


def accuracy(results: Iterable[Result]) -> float:
    """1 - (sum of |counted - true| of every scene) / (sum of true counts), not below 0.

    Scenes are short, so that a mean of their accuracies would be one of ones and zeros.
    """
    errors = [(abs(r.counted - r.valid), r.valid) for r in results]
    true = sum(valid for _, valid in errors)
    return max(0.0, 1 - sum(error for error, _ in errors) / true) if true else 0.0


def grouped(results: Iterable[Result], key: Callable[[Result], Key]) -> dict[Key, list[Result]]:
    """The results grouped by `key`, in sorted order."""
    groups: dict[Key, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return {name: groups[name] for name in sorted(groups)}  # type: ignore[type-var]


def violations(results: Sequence[Result]) -> list[Violation]:
    """One row per exercise and violation; far hands separately, as "… (far hand)"."""
    judged = [each for result in results for each in result.judged]
    kinds = dict.fromkeys((j.plan.exercise, j.truth.fault, is_far(j)) for j in judged)
    kinds = {kind: None for kind in kinds if kind[1] != VALID}
    return [_violation(judged, *kind) for kind in sorted(kinds)]


def is_far(judged: Judged) -> bool:
    """Whether only the hand on the far side has the fault, which the camera hardly sees."""
    return judged.truth.fault in ("support", "hands") and judged.truth.side == "far"


def _violation(judged: Sequence[Judged], exercise: str, fault: str, far: bool) -> Violation:
    own = [j for j in judged if j.plan.exercise == exercise]
    true = [j for j in own if j.truth.fault == fault and is_far(j) == far]
    valid = [j for j in own if j.truth.fault == VALID]
    named = [j for j in own if j.has(fault)]
    # Standing has no name: correct means that nothing counts.
    right = sum(
        j.truth.fault != VALID if fault == STANDING
        else j.truth.fault == fault or fault in BESIDE.get(j.truth.fault, ())
        for j in named
    )  # fmt: skip
    judged_right = sum(j.rejected for j in true) + sum(not j.rejected for j in valid)
    waits = [j.found.told_s - j.truth.end_s for j in true if j.found is not None]
    return Violation(
        exercise, fault + (" (far hand)" if far else ""), len(true),
        recall=sum(j.rejected for j in true) / len(true),
        named=sum(j.has(fault) for j in true) / len(true),
        precision=right / len(named) if named else 0.0,
        accuracy=judged_right / (len(true) + len(valid)),
        told_s=median(waits) if waits else 0.0,
    )  # fmt: skip


def overall(results: Sequence[Result]) -> tuple[float, float]:
    """Precision and recall of "does not count" over all repetitions except those of far hands."""
    judged = [j for result in results for j in result.judged if not is_far(j)]
    faulty = [j for j in judged if j.truth.fault != VALID]
    rejected = [j for j in judged if j.rejected]
    right = sum(j.rejected for j in faulty)
    return right / len(rejected) if rejected else 0.0, right / len(faulty) if faulty else 0.0
