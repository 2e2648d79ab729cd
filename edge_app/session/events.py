"""The events of a lane: plain values, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from edge_app.session.attempt import Verdict
from edge_app.session.readiness import Lack


@dataclass(frozen=True)
class PhaseChanged:
    """A new phase. `why` is "teacher" or "camera" for a pause, the ending at the end, else ""."""

    phase: str
    why: str = ""


@dataclass(frozen=True)
class Missing:
    """What is missing before an attempt can begin; empty if nothing is."""

    lack: Lack


@dataclass(frozen=True)
class CountedDown:
    """Whole seconds left; 0 is "go"."""

    left: int


@dataclass(frozen=True)
class Beat:
    """A beat of the protocol's cadence; `number` from 1, one per repetition."""

    number: int


@dataclass(frozen=True)
class Judged:
    """A repetition; with `again`, the teacher's reversal of the last one."""

    verdict: Verdict
    strikes: int
    again: bool = False


Event = Union[PhaseChanged, Missing, CountedDown, Beat, Judged]
