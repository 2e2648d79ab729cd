"""Pictures of people that hang on walls: photographs, silhouettes, charts of exercises.

They are flat, and nobody in them is labelled.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.gym import lens, textures
from models.gym.camera import Camera
from models.gym.light import light_of
from models.gym.limbs import unit
from models.gym.postures import Act, act, random_movement
from models.gym.room import Levels, Parts, Room
from models.gym.scene import Actor, draw
from models.gym.student import Student

POSTERS = 72  # painted once per run, like the walls
LONG_PX = 160
AGES = (12.0, 40.0)
SHAPES = ((1.0, 0.707), (1.0, 0.667), (0.707, 1.0), (0.5, 1.0), (1.0, 0.5), (0.3, 1.0))
KINDS = ("photograph", "photograph", "photograph", "silhouette", "chart")
BONES = ((5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 13), (13, 15), (12, 14), (14, 16),
         (5, 6), (11, 12))  # fmt: skip


class Posters:
    """The run's posters, painted on first use."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.painted: dict[int, Levels] = {}

    def get(self, number: int) -> Levels:
        """The levels of a poster, row 0 at its lower edge; its sides are multiples of 8 texels."""
        if number not in self.painted:
            image = poster(np.random.default_rng([self.seed, 4, number]))
            self.painted[number] = textures.texture_levels(np.ascontiguousarray(image[::-1]))
        return self.painted[number]


def poster(rng: np.random.Generator) -> np.ndarray:
    """A print of people, mostly framed and often lettered: (rows, columns, 3) uint8 RGB."""
    height, width = SHAPES[int(rng.integers(len(SHAPES)))]
    size = int(LONG_PX * width) // 8 * 8, int(LONG_PX * height) // 8 * 8
    kind = str(rng.choice(KINDS))
    student = Student.random(rng, AGES)
    image = {"photograph": _photograph, "silhouette": _silhouette, "chart": _chart}[kind](
        rng, student, size
    )
    if rng.random() < 0.5:
        _letter(rng, image)
    if rng.random() < 0.75:
        thick = int(rng.integers(1, 9))
        cv2.rectangle(image, (0, 0), (size[0] - 1, size[1] - 1), textures.dye(rng), thick)
    return image


def _backdrop(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """One colour, two that fade, or clutter: (rows, columns, 3) uint8 RGB."""
    if rng.random() < 0.4:
        return textures.clutter(rng, size[1], size[0])
    top, low = np.asarray(textures.dye(rng), float), np.asarray(textures.dye(rng), float)
    share = np.linspace(0, 1, size[1])[:, None, None] * (rng.random() < 0.6)
    return np.broadcast_to(top + (low - top) * share, (size[1], size[0], 3)).astype(np.uint8)


def _acting(rng: np.random.Generator, students: list[Student]) -> list[Act]:
    """Each at a moment of a movement, side by side."""
    people: list[Act] = []
    edge = 0.0
    for student in students:
        person = act(student, rng, random_movement(rng))
        low, high = person.points[:, 0].min(), person.points[:, 0].max()
        people.append(person.moved(np.array([edge - low, rng.normal(0, 0.2), 0.0])))
        edge += float(high - low) + rng.uniform(-0.1, 0.4)
    return people


def _aimed(rng: np.random.Generator, people: list[Act], size: tuple[int, int]) -> Camera:
    """A camera before the people that shows all of them, or cuts some of them off."""
    points = np.concatenate([person.points[::17] for person in people])
    middle, view = (points.min(0) + points.max(0)) / 2, rng.uniform(20, 45)
    fill = rng.uniform(0.6, 0.98) if rng.random() < 0.75 else rng.uniform(1.0, 1.8)
    distance, azimuth, height = 4.0, -90 + rng.normal(0, 25), middle[2] + rng.uniform(-0.4, 0.8)
    for _ in range(6):
        camera = Camera.around(middle, azimuth, max(0.1, height), distance, view, size)
        share = float((np.ptp(camera.project(points)[0], axis=0) / size).max())
        distance = max(1.2, distance * float(np.clip(share / fill, 0.5, 2)))
    return camera


def _photograph(rng: np.random.Generator, student: Student, size: tuple[int, int]) -> np.ndarray:
    """People before a backdrop, as the renderer draws them, in the colours of a print."""
    students = [student] * (1 if size[0] < size[1] or rng.random() < 0.5 else 2)
    if len(students) > 1:
        students[1] = Student.random(rng, AGES)
    people = _acting(rng, students)
    camera = _aimed(rng, people, size)
    parts = Parts(rng)
    parts.rectangle((-20, -20, 0), (40, 0, 0), (0, 40, 0), -1)
    backdrop = _backdrop(rng, size)
    away = unit((camera.target - camera.place) * [1, 1, 0])
    light, _ = light_of(rng, str(rng.choice(["hall", "day", "day", "evening"])), away)
    room = Room(parts.walls(), [], [], light, 0.0, lambda _: backdrop)
    view = draw([Actor(each.student, each.points) for each in people], room, camera)
    image = lens.steady(view.light, float(rng.uniform(1.0, 2.2)))
    if rng.random() < 0.2:
        image = np.repeat(image.mean(2, keepdims=True), 3, 2).astype(np.uint8)
    return np.ascontiguousarray(image)


def _silhouette(rng: np.random.Generator, student: Student, size: tuple[int, int]) -> np.ndarray:
    """The outline of somebody in one colour."""
    people = _acting(rng, [student])
    camera = _aimed(rng, people, size)
    xy, away = camera.project(people[0].points)
    image = np.ascontiguousarray(_backdrop(rng, size))
    inside = away[student.faces].min(1) > 0.1
    triangles = np.round(xy[student.faces[inside]]).astype(np.int32)
    colour = textures.dye(rng)
    for triangle in triangles:
        cv2.fillConvexPoly(image, triangle, colour)
    return image


def _chart(rng: np.random.Generator, student: Student, size: tuple[int, int]) -> np.ndarray:
    """Several small figures of lines and a head, as on charts of exercises."""
    image = np.full((size[1], size[0], 3), textures.near(rng, (235, 232, 225)), np.uint8)
    columns = int(rng.integers(1, 4)) if size[0] < size[1] else int(rng.integers(2, 6))
    rows = max(1, round(columns * size[1] / size[0] * rng.uniform(0.6, 1.1)))
    cell, colour = (size[0] // columns, size[1] // rows), textures.dye(rng)
    thick = max(1, round(min(cell) * rng.uniform(0.03, 0.11)))
    for place in np.ndindex(rows, columns):
        person = act(student, rng, random_movement(rng), 0.0)
        camera = _aimed(rng, [person], cell)
        xy = camera.project(person.joints)[0] + np.array(place[::-1]) * cell
        ends = [tuple(int(v) for v in point) for point in np.round(xy)]
        for one, other in BONES:
            cv2.line(image, ends[one], ends[other], colour, thick, cv2.LINE_AA)
        radius = max(2, int(0.35 * np.linalg.norm(xy[5] - xy[11])))
        cv2.circle(image, ends[0], radius, colour, -1, cv2.LINE_AA)
    return image


def _letter(rng: np.random.Generator, image: np.ndarray) -> None:
    """A word or two along the upper or the lower edge."""
    rows, columns = image.shape[:2]
    word = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVWXYZ"), int(rng.integers(3, 9))))
    size = columns / (22.0 * len(word))
    line = int(rng.uniform(0.08, 0.2) * rows + 8) if rng.random() < 0.5 else int(0.94 * rows)
    cv2.putText(image, word, (columns // 12, line), 0, size, textures.dye(rng),
                max(1, int(2 * size)), cv2.LINE_AA)  # fmt: skip
