"""The people in a picture: one student, a pair, a row of mats, or a class behind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.gym.helper import holding
from models.gym.postures import BYSTANDERS, Act, act, random_movement
from models.gym.student import Student

MOST_PEOPLE = 4
LYING = ("sit-up", "crunch", "push-up", "plank", "climber", "lie", "bridge")
TRIES = 12
OVERLAP_M = 0.08  # how far the boxes of two people may overlap
HELD_M = 0.3  # ankles higher than this have nobody to hold them


def gather(students: Sequence[Student], rng: np.random.Generator) -> list[Act]:
    """One to four of the students; the first one is the subject of the picture.

    Args:
        students: at least MOST_PEOPLE; who comes first takes part first.
    """
    kind = str(rng.choice(["alone", "pair", "row", "class"], p=[0.38, 0.22, 0.16, 0.24]))
    if kind == "pair":
        people = _pair(students, rng)
        if rng.random() < 0.3:
            return _second_pair(students[len(people) :], rng, people)
        return _bystanders(students, rng, people, int(rng.choice([0, 0, 1, 2])))
    movement = random_movement(rng)
    first = _centred(act(students[0], rng, movement))
    if kind == "alone":
        return [first]
    more = int(rng.integers(1, MOST_PEOPLE))
    if kind == "class":
        return _bystanders(students, rng, [first], more)
    people = [first]
    for student in students[1 : 1 + more]:
        other = _centred(act(student, rng, movement, first.facing_rad + rng.normal(0, 0.08)))
        side = np.array([np.cos(first.facing_rad), np.sin(first.facing_rad), 0.0])
        nearest = side * rng.choice([-1, 1]) * rng.uniform(0.8, 1.2)
        people += _free_place([other], people, nearest * 0.5, nearest)
    return people


def _bystanders(
    students: Sequence[Student], rng: np.random.Generator, people: list[Act], more: int
) -> list[Act]:
    """The people, and others around them who mostly stand about."""
    for student in students[len(people) : len(people) + more]:
        name = str(rng.choice(BYSTANDERS)) if rng.random() < 0.7 else random_movement(rng)
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 2.2)
        way = np.array([np.cos(angle), np.sin(angle), 0.0])
        people = people + _free_place(
            [_centred(act(student, rng, name))], people, way * far, way * 0.4
        )
    return people


def _pair(
    students: Sequence[Student], rng: np.random.Generator, facing_rad: float | None = None
) -> list[Act]:
    """Sit-ups with a helper who holds the feet, or with a partner whose feet hold them."""
    movement = str(rng.choice(["sit-up", "sit-up", "sit-up", "crunch"]))
    first = _centred(act(students[0], rng, movement, facing_rad))
    if first.joints[15:17, 2].max() > HELD_M:  # a crunch with the legs in the air
        return [first]
    if rng.random() < 0.88:
        return [first, holding(students[1], rng, first)]
    opposite = first.facing_rad + np.pi + rng.normal(0, 0.1)
    other = act(students[1], rng, "sit-up", opposite)
    aside = np.array([np.cos(first.facing_rad), np.sin(first.facing_rad), 0]) * rng.normal(0, 0.1)
    ankles = [each.joints[15:17].mean(0) * [1, 1, 0] for each in (first, other)]
    return [first, other.moved(ankles[0] - ankles[1] + aside)]


def _second_pair(
    students: Sequence[Student], rng: np.random.Generator, people: list[Act]
) -> list[Act]:
    """The people, and another pair beside them."""
    facing = people[0].facing_rad
    other = _pair(students, rng, facing + rng.normal(0, 0.08))
    side = np.array([np.cos(facing), np.sin(facing), 0.0]) * rng.choice([-1, 1])
    return people + _free_place(other, people, side * 0.5, side * rng.uniform(0.7, 1.1))


def _centred(person: Act) -> Act:
    middle = (person.points.min(0) + person.points.max(0)) / 2
    return person.moved(-middle * [1, 1, 0])


def _free_place(
    group: list[Act], people: list[Act], start: np.ndarray, step: np.ndarray
) -> list[Act]:
    """The group at the first free place along a line; nobody if there is none."""
    taken = [(other.points.min(0), other.points.max(0)) for other in people]
    boxes = [(each.points.min(0), each.points.max(0)) for each in group]
    for shift in (start + number * step for number in range(TRIES)):
        if all(_apart(low + shift, high + shift, *box) for low, high in boxes for box in taken):
            return [each.moved(shift) for each in group]
    return []


def _apart(
    low: np.ndarray, high: np.ndarray, other_low: np.ndarray, other_high: np.ndarray
) -> bool:
    shared = np.minimum(high, other_high) - np.maximum(low, other_low)
    return bool((shared[:2] < OVERLAP_M).any())
