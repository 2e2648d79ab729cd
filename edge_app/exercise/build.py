"""Builds the counter of an exercise; no other module builds one."""

from __future__ import annotations

from pathlib import Path

from edge_app.exercise.auto import NAME as AUTO
from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import Exercise, all_exercises, find_exercise, load_exercise
from edge_app.exercise.hold import HoldCounter
from edge_app.exercise.rep import Counter
from edge_app.exercise.witness.network import WitnessNetwork
from edge_app.exercise.witness.watch import Witness


def counter_for(
    exercise: Exercise, optimise: bool = True, network: WitnessNetwork | None = None
) -> Counter:
    """The counter of an exercise: of repetitions, or of the seconds of a hold.

    Args:
        exercise: what to count.
        optimise: False keeps the raw hysteresis intervals, for comparison.
        network: another second witness than ships, for exercises that it knows.
    """
    if exercise.hold:
        return HoldCounter(exercise)
    witness = Witness(network) if exercise.seen_as else None
    return RepCounter(exercise, optimise, witness)


def rules_alone(exercise: Exercise) -> Counter:
    """The counter of an exercise without the second witness."""
    return HoldCounter(exercise) if exercise.hold else RepCounter(exercise)


def auto_counter(name: str, network: WitnessNetwork | None = None) -> AutoCounter:
    """The counter of an unknown exercise: "auto" recognises or learns it, "new" learns it.

    Args:
        name: "auto" or "new".
        network: another second witness than ships.
    """
    return AutoCounter(all_exercises() if name == AUTO else (), rules_alone, Witness(network))


def open_exercise(name: str) -> Exercise:
    """An exercise by name or alias, or from a TOML file.

    Raises:
        InputError: unknown name or broken file.
    """
    return load_exercise(Path(name)) if name.endswith(".toml") else find_exercise(name)


def is_known(name: str) -> bool:
    """Whether the name is an exercise's, not "auto" or "new"."""
    return name not in (AUTO, NEW)
