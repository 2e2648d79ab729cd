"""The plain values that a counter returns, and the interface of counters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from edge_app.values import Pose


class Reason(NamedTuple):
    """Why a repetition was rejected, or advice for the next one."""

    code: str
    sentence: str


OTHER_MOVEMENT = Reason("other_movement", "That was another movement.")


@dataclass(frozen=True)
class Thresholds:
    """The current levels, in units of progress (0 = rest, 1 = extreme of the exercise file)."""

    rest: float  # this person's rest
    returned: float  # the rep is back at rest below this
    reached: float  # the rep has reached its extreme above this


@dataclass(frozen=True)
class Signal:
    """The counting signal at one moment, for drawing."""

    t_s: float
    progress: float  # NaN while joints are missing or the posture does not fit
    thresholds: Thresholds


class Moment(NamedTuple):
    """A counter's values for its last pose."""

    t_s: float
    progress: float
    parameters: dict[str, float]


NO_MOMENT = Moment(math.nan, math.nan, {})  # before the first pose


@dataclass(frozen=True)
class Interval:
    """One movement from rest to an extreme and back to rest."""

    start_s: float
    extreme_s: float
    end_s: float
    rest: float  # progress at rest
    peak: float  # progress at the extreme
    complete: bool  # the extreme threshold was reached
    floor: float  # progress at the end
    near_s: float = math.inf  # when it was first near rest again; the body may move on from there

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

    @property
    def score(self) -> float:
        """1 without any penalty, 0 at the limit and beyond."""
        return max(0.0, 1.0 - self.total / self.limit)


@dataclass(frozen=True)
class Rep:
    """One attempted repetition. A rejected one carries at least one reason."""

    number: int  # sequence number in the attempt, from 1
    start_s: float  # leaving rest
    extreme_s: float
    end_s: float  # back in rest
    score: float  # 0..1: 1 without any penalty, 0 at the limit and beyond
    counted: bool
    reasons: tuple[Reason, ...]
    penalty: Penalty
    extremes: dict[str, float]  # parameter -> value around the extreme
    value: int = 1  # what it adds to the count: 1, or the seconds of a hold

    @property
    def other(self) -> bool:
        """Whether it is no attempt at this exercise at all: neither counted nor a fault."""
        return OTHER_MOVEMENT in self.reasons


class Counter(Protocol):
    """A counter: `RepCounter` or `HoldCounter` for a known exercise, `AutoCounter` for any."""

    @property
    def count(self) -> int:
        """Counted repetitions so far, or seconds of a hold."""

    @property
    def phase(self) -> str:
        """ "unknown", "rest", "moving" or "extreme"."""

    @property
    def signal(self) -> Signal:
        """The counting signal and its thresholds now."""

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose, NaN where a joint was missing."""

    def update(self, pose: Pose) -> list[Rep]:
        """Adds one pose, times strictly increasing; returns the repetitions that became final."""

    def finish(self) -> list[Rep]:
        """Ends the clip or attempt; returns what became final."""
