"""What an exercise is: frozen values read from `exercises/*.toml` and checked before use."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edge_app.errors import InputError
from edge_app.exercise.parameters import BENDS, CHANGES, PARAMETERS
from edge_app.skeleton import KEYPOINTS
from edge_app.toml_tables import find_named, read_tables

EXERCISES_DIR = Path(__file__).with_name("exercises")
JOINTS = tuple(dict.fromkeys(k.replace("left_", "").replace("right_", "") for k in KEYPOINTS))


@dataclass(frozen=True)
class Component:
    """One parameter of the counting signal: progress is 0 at `rest` and 1 at `extreme`."""

    parameter: str
    rest: float
    extreme: float
    weight: float = 1.0


@dataclass(frozen=True)
class Limits:
    """When the signal makes a repetition. Fractions are of the person's own range."""

    min_range: float = 0.35  # progress that must be covered in any case
    extreme_fraction: float = 0.55  # the upper threshold, of the person's usual range
    rest_fraction: float = 0.4  # the lower threshold, of this repetition's rise
    min_phase_s: float = 0.12  # shortest way there, and shortest way back
    max_phase_s: float = 8.0  # longest way there (holding included), and longest way back
    min_extreme: float = -10.0  # progress the extreme must reach whatever the person's range is


@dataclass(frozen=True)
class Posture:
    """A body the exercise can be done with; outside it counting pauses."""

    parameter: str
    min: float = float("-inf")
    max: float = float("inf")
    when: str = "always"  # or "rest": looked at only while the person rests


@dataclass(frozen=True)
class Ready:
    """What the body looks like before «go»; a kiosk begins no attempt without it.

    What is not seen is not asked for. The counter does not look at it.
    """

    code: str
    parameter: str
    sentence: str
    min: float = float("-inf")
    max: float = float("inf")


@dataclass(frozen=True)
class DisplacementRule:
    """How far a joint moves in the picture during a repetition, in torso lengths, and comes back.

    What is compared with `min` and `max` is the extent of the joint's path along the picture's
    width or height, whichever is larger.
    """

    joint: str
    min: float
    max: float = float("inf")  # a larger displacement is a walk or a change of place
    back: float = float("inf")  # largest distance from start to end, as a share of the extent
    along: str = "any"  # or "height": only up and down


@dataclass(frozen=True)
class Fault:
    """A form fault, judged in absolute numbers and apart from the counting signal."""

    code: str
    parameter: str
    threshold: float  # degrees or torso lengths, as the parameter
    factor: float  # the penalty factor of equation (9)
    breach: str  # "above" or "below" the threshold
    # "frame": the mean of the interval's frames; "held": the worst that lasts; "extreme", "end":
    # the value where the movement turns, and where it ends
    at: str
    sentence: str
    share: float = 0.15  # of the interval: how long "held" must last


@dataclass(frozen=True)
class Hold:
    """A posture that is kept: its seconds count, and `posture` says what it is."""

    min_s: float = 1.0  # a shorter one is no attempt
    grace_s: float = 1.0  # so long it may be lost; the time of a loss does not count


@dataclass(frozen=True)
class Exercise:
    """One exercise: repetitions of a signal, or a hold.

    `keypoints` name joints without a side: one visible side is enough.
    """

    name: str
    aliases: tuple[str, ...]
    keypoints: tuple[str, ...]
    incomplete: str  # the sentence for a repetition that did not reach the extreme
    penalty_limit: float
    limits: Limits = field(default_factory=Limits)
    signal: tuple[Component, ...] = ()
    hold: Hold | None = None
    ready: tuple[Ready, ...] = ()
    posture: tuple[Posture, ...] = ()
    displacement: tuple[DisplacementRule, ...] = ()
    fault: tuple[Fault, ...] = ()
    distinct: float = 1.0  # weight of a repetition when it is not known which exercise is done


TABLES = {
    "limits": Limits, "signal": Component, "posture": Posture, "displacement": DisplacementRule,
    "fault": Fault, "hold": Hold, "ready": Ready,
}  # fmt: skip
# Old key -> the key that replaced it in 0.2.0; both are read until 0.3.0.
RENAMED = {"travel": "displacement"}
CHOICES = {
    "breach": ("above", "below"), "when": ("always", "rest"),
    "at": ("frame", "held", "extreme", "end"),
    "along": ("any", "height"),
    "joint": JOINTS, "keypoints": JOINTS, "parameter": PARAMETERS,
}  # fmt: skip


def load_exercise(path: Path) -> Exercise:
    """Reads and checks one exercise file.

    Raises:
        InputError: the file cannot be read, or a key is unknown, missing or of a wrong value.
    """
    exercise = read_tables(path, Exercise, TABLES, CHOICES, RENAMED)
    if exercise.hold is None and not exercise.signal:
        raise InputError(f"{path}: 'signal' needs at least one entry")
    if exercise.hold is not None and (exercise.signal or not exercise.posture):
        raise InputError(f"{path}: a 'hold' has a 'posture' and no 'signal'")
    for i, component in enumerate(exercise.signal):
        if component.rest == component.extreme or component.weight <= 0:
            raise InputError(
                f"{path}: 'signal[{i}]' needs rest and extreme to differ and a weight above 0"
            )
    for kind in ("signal", "posture", "ready"):
        for entry in getattr(exercise, kind):
            if entry.parameter in (*CHANGES, *BENDS):
                raise InputError(
                    f"{path}: '{kind}' cannot use '{entry.parameter}', which is measured against "
                    "rest once a movement is found"
                )
    if exercise.penalty_limit <= 0:
        raise InputError(f"{path}: 'penalty_limit' must be above 0")
    _check_faults(exercise.fault, path)
    _check_limits(exercise.limits, path)
    return exercise


def find_exercise(name: str, folder: Path = EXERCISES_DIR) -> Exercise:
    """The exercise with this name or alias; case, spaces, '-' and '_' do not matter."""
    return find_named("exercise", name, folder, load_exercise)


def all_exercises(folder: Path = EXERCISES_DIR) -> tuple[Exercise, ...]:
    """Every exercise that ships, by file name."""
    return tuple(load_exercise(path) for path in sorted(folder.glob("*.toml")))


def _check_faults(faults: tuple[Fault, ...], path: Path) -> None:
    if not all(0 < fault.share < 1 for fault in faults):
        raise InputError(f"{path}: a fault's 'share' must be between 0 and 1")
    if any(fault.factor < 0 for fault in faults):
        raise InputError(f"{path}: a fault's 'factor' must not be below 0")
    if len({fault.code for fault in faults}) < len(faults):
        raise InputError(f"{path}: two faults have the same 'code', by which their sums are kept")


def _check_limits(limits: Limits, path: Path) -> None:
    if not 0 < limits.rest_fraction < limits.extreme_fraction < 1:
        raise InputError(f"{path}: 'limits' needs 0 < rest_fraction < extreme_fraction < 1")
    if not 0 < limits.min_phase_s < limits.max_phase_s:
        raise InputError(f"{path}: 'limits' needs 0 < min_phase_s < max_phase_s")
    if limits.min_range <= 0:
        raise InputError(f"{path}: 'limits.min_range' must be above 0")
