"""What an exercise is: frozen values read from `exercises/*.toml` and checked before use."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import tomli

from edge_app.errors import InputError
from edge_app.exercise.parameters import PARAMETERS
from edge_app.pose.skeleton import KEYPOINTS

EXERCISES_DIR = Path(__file__).with_name("exercises")
JOINTS = tuple(dict.fromkeys(k.replace("left_", "").replace("right_", "") for k in KEYPOINTS))
T = TypeVar("T")


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

    min_range: float  # progress that must be covered in any case
    extreme_fraction: float  # the upper threshold, of the person's usual range
    rest_fraction: float  # the lower threshold, of this repetition's rise
    min_phase_s: float  # shortest way there, and shortest way back
    max_phase_s: float  # longest way there (holding included), and longest way back
    min_extreme: float = -10.0  # progress the extreme must reach whatever the person's range is


@dataclass(frozen=True)
class Posture:
    """A body the exercise can be done with; outside it counting pauses."""

    parameter: str
    min: float = float("-inf")
    max: float = float("inf")
    when: str = "always"  # or "rest": looked at only while the person rests


@dataclass(frozen=True)
class Travel:
    """A joint that moves in the picture during a repetition and comes back, in torso lengths."""

    joint: str
    min: float  # least way, along the picture's width or height
    max: float = float("inf")  # a longer way is a walk or a change of place
    back: float = float("inf")  # largest distance from start to end, as a share of the way


@dataclass(frozen=True)
class Fault:
    """A form fault, judged in absolute numbers and apart from the counting signal."""

    code: str
    parameter: str
    threshold: float  # degrees or torso lengths, as the parameter
    factor: float  # the penalty factor of equation (9)
    breach: str  # "above" or "below" the threshold
    at: str  # "frame": every frame of the interval; "extreme": the value at the extreme
    sentence: str


@dataclass(frozen=True)
class Exercise:
    """One exercise. `keypoints` name joints without a side: one visible side is enough."""

    name: str
    aliases: tuple[str, ...]
    keypoints: tuple[str, ...]
    incomplete: str  # the sentence for a repetition that did not reach the extreme
    penalty_limit: float
    limits: Limits
    signal: tuple[Component, ...]
    posture: tuple[Posture, ...] = ()
    travel: tuple[Travel, ...] = ()
    fault: tuple[Fault, ...] = ()


TABLES = {
    "limits": Limits, "signal": Component, "posture": Posture, "travel": Travel, "fault": Fault,
}  # fmt: skip
CHOICES = {
    "breach": ("above", "below"), "at": ("frame", "extreme"), "when": ("always", "rest"),
    "joint": JOINTS,
}  # fmt: skip


def load_exercise(path: Path) -> Exercise:
    """Reads and checks one exercise file.

    Raises:
        InputError: the file cannot be read, or a key is unknown, missing or of a wrong value.
    """
    try:
        table = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise InputError(f"{path}: {error}") from error
    exercise = _build(Exercise, table, path, "")
    if not exercise.signal:
        raise InputError(f"{path}: 'signal' needs at least one entry")
    for i, component in enumerate(exercise.signal):
        if component.rest == component.extreme or component.weight <= 0:
            raise InputError(
                f"{path}: 'signal[{i}]' needs rest and extreme to differ and a weight above 0"
            )
    if exercise.penalty_limit <= 0:
        raise InputError(f"{path}: 'penalty_limit' must be above 0")
    _check_limits(exercise.limits, path)
    return exercise


def find_exercise(name: str, folder: Path = EXERCISES_DIR) -> Exercise:
    """The exercise with this name or alias; case, spaces, '-' and '_' do not matter."""
    known = []
    for path in sorted(folder.glob("*.toml")):
        exercise = load_exercise(path)
        if _plain(name) in [_plain(n) for n in (exercise.name, *exercise.aliases)]:
            return exercise
        known.append(exercise.name)
    raise InputError(f"no exercise '{name}' in {folder}; there are {', '.join(known)}")


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _check_limits(limits: Limits, path: Path) -> None:
    if not 0 < limits.rest_fraction < limits.extreme_fraction < 1:
        raise InputError(f"{path}: 'limits' needs 0 < rest_fraction < extreme_fraction < 1")
    if not 0 < limits.min_phase_s < limits.max_phase_s:
        raise InputError(f"{path}: 'limits' needs 0 < min_phase_s < max_phase_s")
    if limits.min_range <= 0:
        raise InputError(f"{path}: 'limits.min_range' must be above 0")


def _build(kind: type[T], table: dict[str, Any], path: Path, where: str) -> T:
    """One dataclass from one TOML table; `where` is the dotted prefix for messages."""
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in fields:
            raise InputError(f"{path}: unknown key '{where}{key}'")
    values = {}
    for key, field in fields.items():
        if key in table:
            values[key] = _value(key, str(field.type), table[key], path, where)
        elif field.default is dataclasses.MISSING:
            raise InputError(f"{path}: missing key '{where}{key}'")
    return kind(**values)


def _value(key: str, kind: str, value: Any, path: Path, where: str) -> Any:
    name = f"{where}{key}"
    if key in TABLES:
        many = kind.startswith("tuple")
        _require(isinstance(value, list if many else dict), path, name, "table")
        if not many:
            return _build(TABLES[key], value, path, f"{name}.")
        _require(all(isinstance(v, dict) for v in value), path, name, "list of tables")
        return tuple(_build(TABLES[key], v, path, f"{name}[{i}].") for i, v in enumerate(value))
    if kind == "float":
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        _require(number, path, name, "number")
        return float(value)
    if kind == "str":
        _require(isinstance(value, str), path, name, "text")
        choices = PARAMETERS if key == "parameter" else CHOICES.get(key)
        if choices and value not in choices:
            raise InputError(f"{path}: '{name}' is '{value}', not one of {', '.join(choices)}")
        return value
    strings = isinstance(value, list) and all(isinstance(v, str) for v in value)
    _require(strings, path, name, "list of texts")
    for joint in value if key == "keypoints" else ():
        if joint not in JOINTS:
            raise InputError(f"{path}: '{name}' has '{joint}', not one of {', '.join(JOINTS)}")
    return tuple(value)


def _require(right: bool, path: Path, name: str, wanted: str) -> None:
    if not right:
        raise InputError(f"{path}: '{name}' must be a {wanted}")
