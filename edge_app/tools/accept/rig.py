"""What the steps share: where they measure, with what, and how they end."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict

from edge_app.camera.samples import SAMPLES, Sample
from edge_app.device.clock import ClockState
from edge_app.device.hardware import ROOT
from edge_app.errors import InputError

Found = Dict[str, Any]  # what a step measures, for JSON; what is in it when the step breaks is kept


class Skipped(Exception):
    """This machine lacks what the step needs; the text says what."""


class Failed(InputError):
    """What was measured is not good enough; the text says what, in one sentence."""


@dataclass
class Rig:
    """The machine under test.

    Attributes:
        engines: folder for the engines of this run, beside those of the station.
        load_s: how long the load lasts.
        clock: the state of the wall clock, for the doctor.
        camera: its address; "" for the first USB camera.
        root: where /proc, /sys, /dev and /etc are.
        threads: CPU threads of a network; 0: all cores.
        samples: the clips to count; the first is the load.
        note: shows what a step is doing.
        speeds_ms: (network, way) → milliseconds per picture, of those that agree with the
            reference; filled by the step `parity`.
    """

    engines: Path
    load_s: float
    clock: ClockState
    camera: str = ""
    root: Path = ROOT
    threads: int = 0
    samples: tuple[Sample, ...] = SAMPLES
    note: Callable[[str], None] = lambda text: None
    speeds_ms: dict[tuple[str, str], float] = field(default_factory=dict)


Step = Callable[[Rig, Found], str]  # fills `found`; returns its result in a few words
