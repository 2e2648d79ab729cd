"""The definition of an exercise: frozen values from `exercises/*.toml`, checked on reading."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated, Literal

from edge_app.exercise.parameters import BENDS, CHANGES, PARAMETERS
from edge_app.exercise.witness.network import EXERCISES
from edge_app.skeleton import KEYPOINTS
from edge_app.toml_tables import find_named, parse_tables, read_tables
from edge_app.validation import CLOSED, one_of

EXERCISES_DIR = Path(__file__).with_name("exercises")
JOINTS = tuple(dict.fromkeys(k.replace("left_", "").replace("right_", "") for k in KEYPOINTS))
Joint = Annotated[str, one_of(JOINTS)]
Parameter = Annotated[str, one_of(PARAMETERS)]
SeenAs = Annotated[str, one_of(("", *EXERCISES))]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True, config=CLOSED)
class Component:
    """One parameter of the counting signal: progress is 0 at `rest` and 1 at `extreme`."""

    parameter: Parameter
    rest: float
    extreme: float
    weight: Positive = 1.0

    def __post_init__(self) -> None:
        if self.rest == self.extreme:
            raise ValueError("needs rest and extreme to differ")


@dataclass(frozen=True, config=CLOSED)
class Limits:
    """When the signal counts as a repetition. Fractions are of the person's own range."""

    min_range: Positive = 0.35  # least progress of any repetition
    extreme_fraction: float = 0.55  # upper threshold, of the person's usual range
    rest_fraction: float = 0.4  # lower threshold, of this repetition's rise
    min_phase_s: float = 0.12  # shortest time to the extreme, and shortest time back
    max_phase_s: float = 8.0  # longest time to the extreme (holding included), and back
    min_extreme: float = -10.0  # progress that the extreme must reach whatever the person's range

    def __post_init__(self) -> None:
        if not 0 < self.rest_fraction < self.extreme_fraction < 1:
            raise ValueError("needs 0 < rest_fraction < extreme_fraction < 1")
        if not 0 < self.min_phase_s < self.max_phase_s:
            raise ValueError("needs 0 < min_phase_s < max_phase_s")


@dataclass(frozen=True, config=CLOSED)
class Posture:
    """A posture the exercise requires; counting pauses outside of it."""

    parameter: Parameter
    min: float = float("-inf")
    max: float = float("inf")
    when: Literal["always", "rest"] = "always"  # "rest": checked only while the person rests
    again_s: Annotated[float, Field(ge=0)] = 0.0  # once broken: how long it must hold again


@dataclass(frozen=True, config=CLOSED)
class Ready:
    """A posture required before "go"; a kiosk starts no attempt without it.

    Joints that are not seen are not checked. The counter ignores it.
    """

    code: str
    parameter: Parameter
    sentence: str
    min: float = float("-inf")
    max: float = float("inf")


@dataclass(frozen=True, config=CLOSED)
class DisplacementRule:
    """How far a joint moves in the picture during a repetition, in torso lengths, and comes back.

    `min` and `max` limit the extent of the joint's path along the picture's width or height,
    whichever is larger.
    """

    joint: Joint
    min: float
    max: float = float("inf")  # a larger displacement is a walk or a change of place
    back: float = float("inf")  # largest distance from start to end, as a share of the extent
    along: Literal["any", "height"] = "any"  # "height": only up and down


@dataclass(frozen=True, config=CLOSED)
class Fault:
    """A form fault, judged in absolute numbers and independently of the counting signal."""

    code: str
    parameter: Parameter
    threshold: float  # degrees or torso lengths, like the parameter
    factor: Annotated[float, Field(ge=0)]  # the penalty factor of equation (9)
    breach: Literal["above", "below"]  # the threshold
    # "frame": the mean over the interval's frames; "held": the worst that lasts; "extreme", "end":
    # the value at the turning point, and at the end
    at: Literal["frame", "held", "extreme", "end"]
    sentence: str
    share: Share = 0.15  # of the interval: how long "held" must last


@dataclass(frozen=True, config=CLOSED)
class Hold:
    """A posture to hold: its seconds count; `posture` defines it."""

    min_s: float = 1.0  # a shorter hold does not count
    grace_s: float = 1.0  # the posture may be lost for this long; that time does not count


@dataclass(frozen=True, config=CLOSED)
class Exercise:
    """One exercise: repetitions of a signal, or a hold.

    `keypoints` names joints without a side: one visible side is enough.
    """

    name: str
    aliases: tuple[str, ...]
    keypoints: tuple[Joint, ...]
    incomplete: str  # sentence for a repetition that did not reach the extreme
    penalty_limit: Positive
    limits: Limits = field(default_factory=Limits)
    signal: tuple[Component, ...] = ()
    hold: Hold | None = None
    ready: tuple[Ready, ...] = ()
    posture: tuple[Posture, ...] = ()
    displacement: tuple[DisplacementRule, ...] = ()
    fault: tuple[Fault, ...] = ()
    distinct: float = 1.0  # weight of a repetition while the exercise is unknown
    seen_as: SeenAs = ""  # what the second witness calls it; "": it has no say

    def __post_init__(self) -> None:
        if self.hold is None and not self.signal:
            raise ValueError("'signal' needs at least one entry")
        if self.hold is not None and (self.signal or not self.posture):
            raise ValueError("a 'hold' has a 'posture' and no 'signal'")
        for kind in ("signal", "posture", "ready"):
            for entry in getattr(self, kind):
                if entry.parameter in (*CHANGES, *BENDS):
                    raise ValueError(
                        f"'{kind}' cannot use '{entry.parameter}', measured relative to rest "
                        "after a movement is found"
                    )
        if len({fault.code for fault in self.fault}) < len(self.fault):
            raise ValueError("two faults have the same 'code', which must be unique")


# Old key -> the key that replaced it in 0.2.0; both are read until 0.3.0.
RENAMED = {"travel": "displacement"}


def load_exercise(path: Path) -> Exercise:
    """Reads and checks one exercise file.

    Raises:
        InputError: the file cannot be read, or a key is unknown, missing or has an invalid value.
    """
    return read_tables(path, Exercise, RENAMED)


def parse_exercise(text: str, source: str = "exercise") -> Exercise:
    """An exercise from a TOML text; error messages begin with `source`.

    Raises:
        InputError: the text is not TOML, or a key is unknown, missing or has an invalid value.
    """
    return parse_tables(text, Exercise, source, RENAMED)


def find_exercise(name: str, folder: Path = EXERCISES_DIR) -> Exercise:
    """The exercise with this name or alias; case, spaces, '-' and '_' do not matter."""
    return find_named("exercise", name, folder, load_exercise)


def all_exercises(folder: Path = EXERCISES_DIR) -> tuple[Exercise, ...]:
    """Every exercise that ships, by file name."""
    return tuple(load_exercise(path) for path in sorted(folder.glob("*.toml")))
