"""Makes what counts an exercise; nobody else makes a counter."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Protocol

from edge_app.exercise.auto import NAME as AUTO
from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import Exercise, all_exercises, find_exercise, load_exercise
from edge_app.exercise.hold import HoldCounter
from edge_app.exercise.posture_fit import PostureFit
from edge_app.exercise.rep import Rep, Signal
from edge_app.pose.person import Person
from edge_app.pose.tracker import anybody
from edge_app.values import Pose


class Counter(Protocol):
    """What counts: `RepCounter` or `HoldCounter` for a known exercise, `AutoCounter` for any."""

    @property
    def count(self) -> int: ...

    @property
    def phase(self) -> str: ...

    @property
    def signal(self) -> Signal: ...

    @property
    def parameters(self) -> dict[str, float]: ...

    def update(self, pose: Pose) -> list[Rep]: ...

    def finish(self) -> list[Rep]: ...


def counter_for(exercise: Exercise, optimise: bool = True) -> Counter:
    """What counts an exercise: repetitions, or the seconds of a hold.

    Args:
        exercise: what is done.
        optimise: False leaves the raw hysteresis intervals as they are, for comparison.
    """
    return HoldCounter(exercise) if exercise.hold else RepCounter(exercise, optimise)


def open_exercise(name: str) -> Exercise:
    """An exercise by name or alias, or from a TOML file.

    Raises:
        InputError: unknown name or broken file.
    """
    return load_exercise(Path(name)) if name.endswith(".toml") else find_exercise(name)


def open_counter(name: str) -> Counter:
    """What counts an exercise; "auto" recognises which one it is, or learns it as "new" does.

    Raises:
        InputError: as `open_exercise`.
    """
    if is_known(name):
        return counter_for(open_exercise(name))
    return AutoCounter(all_exercises() if name == AUTO else ())


def is_known(name: str) -> bool:
    """Whether an exercise is named, and not "auto" or "new"."""
    return name not in (AUTO, NEW)


def posture_fit_of(name: str) -> Callable[[Person], float]:
    """Who of several people is followed; anybody if it is not known what is done."""
    return PostureFit(open_exercise(name)) if is_known(name) else anybody


def stored_name(name: str) -> str:
    """The name under which a result is kept, and by which it can be counted again."""
    return open_exercise(name).name if is_known(name) else name


def title_of(exercise: str, counter: Counter) -> str:
    """What stands before the count; for "auto" also what was recognised, once that is known."""
    if isinstance(counter, HoldCounter):
        return f"{open_exercise(exercise).name}, seconds"
    if not isinstance(counter, AutoCounter):
        return open_exercise(exercise).name
    found = counter.exercise
    return exercise if found is None or found.name == exercise else f"{exercise}, {found.name}"
