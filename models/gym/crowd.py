"""The people in a picture: one student, a pair, a row of mats, or a class behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.gym.postures import BYSTANDERS, Act, act, random_movement
from models.gym.student import Student

MOST_PEOPLE = 4
LYING = ("sit-up", "crunch", "push-up", "plank", "climber", "lie", "bridge")
TRIES = 12
OVERLAP_M = 0.08  # how far the boxes of two people may overlap


def gather(students: Sequence[Student], rng: np.random.Generator) -> list[Act]:
    """One to four of the students; the first one is the subject of the picture.

    Args:
        students: at least MOST_PEOPLE; who comes first takes part first.
    """
    kind = str(rng.choice(["alone", "pair", "row", "class"], p=[0.45, 0.15, 0.15, 0.25]))
    if kind == "pair":
        return _pair(students, rng)
    movement = random_movement(rng)
    first = _centred(act(students[0], rng, movement))
    if kind == "alone":
        return [first]
    people = [first]
    for student in students[1 : 1 + int(rng.integers(1, MOST_PEOPLE))]:
        if kind == "row":
            other = _centred(act(student, rng, movement, first.facing_rad + rng.normal(0, 0.08)))
            side = np.array([np.cos(first.facing_rad), np.sin(first.facing_rad), 0.0])
            nearest = side * rng.choice([-1, 1]) * rng.uniform(0.8, 1.2)
            people += _free_place(other, people, nearest * 0.5, nearest)
        else:
            name = str(rng.choice(BYSTANDERS)) if rng.random() < 0.7 else random_movement(rng)
            angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 2.2)
            way = np.array([np.cos(angle), np.sin(angle), 0.0])
            people += _free_place(_centred(act(student, rng, name)), people, way * far, way * 0.4)
    return people


def _pair(students: Sequence[Student], rng: np.random.Generator) -> list[Act]:
    """Sit-ups with a helper who holds the feet."""
    first = _centred(act(students[0], rng, str(rng.choice(["sit-up", "sit-up", "crunch"]))))
    ankles = first.joints[15:17].mean(0) * [1, 1, 0]
    feet = ankles - first.joints[11:13].mean(0) * [1, 1, 0]
    # The helper faces the lying student: a figure faces -y before it is turned.
    facing = float(np.arctan2(feet[1], feet[0])) - np.pi / 2
    other = act(students[1], rng, "helper", facing + rng.normal(0, 0.15))
    wrists = other.joints[9:11].mean(0) * [1, 1, 0]
    return [first, other.moved(ankles - wrists)]


def _centred(person: Act) -> Act:
    middle = (person.points.min(0) + person.points.max(0)) / 2
    return person.moved(-middle * [1, 1, 0])


def _free_place(person: Act, people: list[Act], start: np.ndarray, step: np.ndarray) -> list[Act]:
    """The person at the first free place along a line; nobody if there is none."""
    low, high = person.points.min(0), person.points.max(0)
    taken = [(other.points.min(0), other.points.max(0)) for other in people]
    for shift in (start + number * step for number in range(TRIES)):
        if all(_apart(low + shift, high + shift, *box) for box in taken):
            return [person.moved(shift)]
    return []


def _apart(
    low: np.ndarray, high: np.ndarray, other_low: np.ndarray, other_high: np.ndarray
) -> bool:
    shared = np.minimum(high, other_high) - np.maximum(low, other_low)
    return bool((shared[:2] < OVERLAP_M).any())
