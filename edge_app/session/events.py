"""What a lane says: plain values, in the order in which things happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from edge_app.session.attempt import Verdict
from edge_app.session.readiness import Lack


@dataclass(frozen=True)
class PhaseChanged:
    """`why` is "", or for a pause "teacher" or "camera", for the end the protocol's ending."""

    phase: str
    why: str = ""


@dataclass(frozen=True)
class Missing:
    """What is missing before an attempt can begin; empty when nothing is."""

    lack: Lack


@dataclass(frozen=True)
class CountedDown:
    """So many whole seconds are left; 0 is «go»."""

    left: int


@dataclass(frozen=True)
class Beat:
    """The protocol's cadence; `number` from 1, one a repetition."""

    number: int


@dataclass(frozen=True)
class Judged:
    """A repetition, or with `again` the teacher's reversal of the last one."""

    verdict: Verdict
    strikes: int
    again: bool = False


Event = Union[PhaseChanged, Missing, CountedDown, Beat, Judged]
