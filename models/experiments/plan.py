"""Plans the scenes of a set: person, exercise, place and light, before rendering."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from models.experiments.script import FAULTS, STANDING, VALID

PLACES = ("playground", "dormitory", "laboratory", "outdoor", "gym")  # figure 8's environments
LIGHTS = {"day": "high", "evening": "medium", "night": "low"}  # figure 8's name: table 3's
REPS = 4
PEOPLE = 12  # different students of one set of scenes


@dataclass(frozen=True)
class Plan:
    """One scene before rendering."""

    seed: int  # of the set of scenes
    number: int  # in the set
    person: int
    place: str
    light: str
    exercise: str
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"s{self.seed}-{self.number:03d}"

    @property
    def faulty(self) -> bool:
        """Whether the scene has a fault."""
        return any(self.faults)

    def as_json(self) -> dict:
        return asdict(self)


def plan_set(seed: int, count: int, clean: float = 0.45) -> list[Plan]:
    """A set of scenes; places, lights, people and faults occur about equally often.

    Args:
        clean: share of the scenes in which every repetition is valid.
    """
    rng = np.random.default_rng([seed, 0])
    cells = [(where, light) for light in LIGHTS for where in PLACES]
    rng.shuffle(cells)
    order = rng.permutation(count)
    decks: dict[str, list[str]] = {name: [] for name in FAULTS}
    plans = []
    for number in range(count):
        share = order[number] / count
        exercise, faults = _task(rng, share, clean, decks)
        where, light = cells[number % len(cells)]
        person = (number * 5 + number // PEOPLE) % PEOPLE
        plans.append(Plan(seed, number, person, str(where), str(light), exercise, faults))
    return plans


def _task(
    rng: np.random.Generator, share: float, clean: float, decks: dict[str, list[str]]
) -> tuple[str, tuple[str, ...]]:
    """The exercise and the faults of a scene; in an eleventh of the faulty ones people stand."""
    if share < clean:
        exercise = ("sit-up", "sit-up", "sit-up", "push-up", "squat")[int(share / clean * 5)]
        return exercise, (VALID,) * REPS
    part = (share - clean) / (1 - clean)
    if part < 1 / 11:
        return "sit-up", (STANDING,) * REPS
    exercise = "sit-up" if part < 0.7 else "push-up" if part < 0.89 else "squat"
    deck = decks[exercise]
    while len(deck) < REPS:
        kinds = [*FAULTS[exercise], VALID, VALID]
        deck += [str(kind) for kind in rng.permutation(kinds)]
    return exercise, tuple(deck.pop(0) for _ in range(REPS))
