"""The plain values the counter gives out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Reason(NamedTuple):
    """Why a repetition was rejected, or what to do better next time."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Thresholds:
    """The levels in force, in progress units (0 = rest, 1 = extreme of the exercise file)."""

    rest: float  # where this person rests
    returned: float  # the rep is back in rest below this
    reached: float  # the rep has reached its extreme above this


@dataclass(frozen=True)
class Signal:
    """What the counting signal shows at one moment, for drawing."""

    t_s: float
    progress: float  # NaN while joints are missing or the posture does not fit
    thresholds: Thresholds


@dataclass(frozen=True)
class Interval:
    """One stretch from rest over an extreme back to rest."""

    start_s: float
    extreme_s: float
    end_s: float
    rest: float  # progress at rest
    peak: float  # progress at the extreme
    complete: bool  # the extreme threshold was reached
    floor: float  # progress at the end
    near_s: float = float("inf")  # when it was first near rest again; the body may go on from there

    @property
    def amplitude(self) -> float:
        return self.peak - self.rest

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Penalty:
    """The penalty of one interval, equation (9), as a mean per second of the interval."""

    total: float
    parts: dict[str, float]  # fault code -> its weighted loss; see `penalty.total`
    limit: float  # a total above this rejects the repetition


@dataclass(frozen=True)
class Rep:
    """One attempted repetition. A rejected one carries at least one reason."""

    number: int  # running number of the attempt, from 1
    start_s: float  # leaving rest
    extreme_s: float
    end_s: float  # back in rest
    score: float  # 0..1: 1 without any penalty, 0 at the limit and beyond
    counted: bool
    reasons: tuple[Reason, ...]
    penalty: Penalty
    extremes: dict[str, float]  # parameter -> value around the extreme
    value: int = 1  # what it adds to the count: 1, or the seconds of a hold
