"""The rules of a school test: frozen values from `protocols/*.toml`, checked on reading."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated, Literal

from edge_app.errors import InputError
from edge_app.exercise.definition import Parameter, Positive, find_exercise
from edge_app.toml_tables import find_named, read_tables
from edge_app.validation import CLOSED

PROTOCOLS_DIR = Path(__file__).with_name("protocols")
FREE_PRACTICE = "free practice"
NONE = float("inf")
NotNegative = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, config=CLOSED)
class Requirement:
    """An absolute requirement at a repetition's turning point; a form fault if not met."""

    code: str
    parameter: Parameter
    sentence: str
    min: float = -NONE
    max: float = NONE


@dataclass(frozen=True, config=CLOSED)
class Ending:
    """When an attempt ends by itself; a limit that is not given never ends it."""

    time_s: Positive = NONE  # after the clock started
    strikes: Positive = NONE  # form faults
    gap_s: Positive = NONE  # between the end of a repetition and the start of the next
    cap: Positive = NONE  # counted repetitions


@dataclass(frozen=True, config=CLOSED)
class Proxy:
    """A substitute for a rule that one camera cannot check, and its possible error."""

    rule: str
    stands: str
    error: str


@dataclass(frozen=True, config=CLOSED)
class Protocol:
    """One test. Times in seconds, angles in degrees, distances in torso lengths."""

    name: str
    exercise: str
    source: str  # where the rule was found, with the year
    ending: Ending = Ending()
    aliases: tuple[str, ...] = ()
    clock: Literal["start", "first repetition"] = "start"  # when the clock starts
    bell: Literal["end", "extreme"] = "end"  # what must be reached before the time is up
    forgiven: NotNegative = 0.0  # this many faulty repetitions count; further ones do not
    cadence_per_min: NotNegative = 0.0  # repetitions per minute of the beat; 0: no beat
    cadence_slack: NotNegative = 0.5  # of the beat's period: how late a repetition may end
    penalty_limit: float = NONE  # equation (9): a larger sum is a form fault
    require: tuple[Requirement, ...] = ()
    proxy: tuple[Proxy, ...] = ()
    teacher: tuple[str, ...] = ()  # rules left to the teacher


def load_protocol(path: Path) -> Protocol:
    """Reads and checks one protocol file.

    Raises:
        InputError: the file cannot be read, a key is unknown, missing or has an invalid value, or
            the exercise does not exist.
    """
    protocol = read_tables(path, Protocol)
    try:
        find_exercise(protocol.exercise)
    except InputError as exc:
        raise InputError(f"{path}: {exc}") from exc
    return protocol


def find_protocol(name: str, folder: Path = PROTOCOLS_DIR) -> Protocol:
    """The protocol with this name or alias; case, spaces, '-' and '_' do not matter.

    Raises:
        InputError: there is none.
    """
    return find_named("protocol", name, folder, load_protocol)


def free_practice(exercise: str) -> Protocol:
    """A protocol without clock, beat or end: every complete repetition counts."""
    return Protocol(name=FREE_PRACTICE, exercise=exercise, source="ours")


def open_protocol(name: str) -> Protocol:
    """A protocol by name or alias, or from a TOML file.

    Raises:
        InputError: unknown name or broken file.
    """
    return load_protocol(Path(name)) if name.endswith(".toml") else find_protocol(name)
