"""One labelled picture: people, a room, a camera, and the ground truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.gym.camera import Camera
from models.gym.crowd import LYING, gather
from models.gym.decor import decorated
from models.gym.lens import photograph
from models.gym.posters import Posters
from models.gym.postures import Act
from models.gym.room import Photo, Room, Setting, Surfaces
from models.gym.scene import Actor, View, draw
from models.gym.student import Student

# How deep below the visible skin a keypoint may lie and still count as seen, metres at 1.7 m.
SKIN_M = np.array([0.03, 0.03, 0.03, 0.05, 0.05] + [0.14] * 2 + [0.08] * 2 + [0.06] * 2
                  + [0.2] * 2 + [0.13] * 2 + [0.09] * 2)  # fmt: skip
LEAST_PIXELS = 60  # of a person, to be labelled with keypoints
LEAST_SHARE_SEEN = 0.12  # of a person's own outline inside the picture
FILLS = ((0.16, 0.34), (0.42, 0.97), (0.95, 1.35))  # share of the picture: far, usual, too near
FARTHEST_M = 12.0  # of a far camera, about the size of the hall
HEIGHTS_M = ((0.08, 0.5), (0.7, 1.6), (0.7, 1.6), (2.0, 3.2))  # floor, tripod, tripod, ceiling


@dataclass(frozen=True)
class Stock:
    """What the pictures of a run share."""

    surfaces: Surfaces
    posters: Posters


@dataclass(frozen=True)
class Shot:
    """A picture and its ground truth.

    Attributes:
        image: (height, width, 3) uint8 BGR.
        people: COCO's fields of each person, and `keypoints_3d`: 17 x 3 metres from the camera,
            to the right, down and forward.
        camera: the intrinsics COCO has no field for.
    """

    image: np.ndarray
    people: list[dict]
    camera: dict


def take(
    rng: np.random.Generator, students: Sequence[Student], stock: Stock, behind: Photo,
    size: tuple[int, int],
) -> Shot:  # fmt: skip
    """A random picture of some of the students."""
    people = gather(students, rng)
    camera = aim(rng, people, size)
    everyone = np.concatenate([person.points[::7] for person in people])
    reach_m = float(np.linalg.norm(everyone[:, :2], axis=1).max())
    bars = [(person.bar, person.facing_rad) for person in people if person.bar is not None]
    setting = Setting(reach_m, camera, _mats(rng, people), bars)
    room = Room.random(rng, stock.surfaces, setting, behind)
    room = decorated(rng, room, camera, stock.posters)
    view = draw([Actor(person.student, person.points) for person in people], room, camera)
    labels = [label(person, number, view, camera) for number, person in enumerate(people)]
    known = [each for each in labels if each is not None] + reflections(view)
    focal_px = round(camera.focal_px, 2)
    return Shot(photograph(rng, view.light, room.dim), known, {"focal_px": focal_px})


def _mats(rng: np.random.Generator, people: list[Act]) -> list[tuple[float, float, float]]:
    if rng.random() < 0.3:
        return []
    return [
        (*((p.points.min(0) + p.points.max(0)) / 2)[:2], p.facing_rad)
        for p in people
        if p.movement in LYING or rng.random() < 0.2
    ]


def aim(rng: np.random.Generator, people: list[Act], size: tuple[int, int]) -> Camera:
    """A camera from floor to ceiling height, on any side, that sees one person or all of them."""
    seen = people if rng.random() < 0.5 else people[:1]
    points = np.concatenate([person.points[::17] for person in seen])
    middle = (points.min(0) + points.max(0)) / 2 + rng.normal(0, 0.08, 3)
    azimuth, view = rng.uniform(0, 360), rng.uniform(30, 68)
    height = rng.uniform(*HEIGHTS_M[rng.integers(len(HEIGHTS_M))])
    roll = rng.normal(0, 2.5) if rng.random() < 0.92 else rng.normal(0, 14)
    low, high = FILLS[int(rng.choice(len(FILLS), p=(0.16, 0.7, 0.14)))]
    fill, farthest = rng.uniform(low, high), FARTHEST_M if low < 0.3 else 9.0
    nearest = float(np.linalg.norm((points - middle)[:, :2], axis=1).max()) + 0.3
    distance = 3.0
    for _ in range(6):
        distance = max(distance, nearest if height < 2 else 0.3)
        camera = Camera.around(middle, azimuth, height, distance, view, size, roll)
        share = float((np.ptp(camera.project(points)[0], axis=0) / size).max())
        distance *= float(np.clip(share / fill, 0.5, 2))
        distance = min(distance, farthest)
    return camera


def visible(
    xy: np.ndarray, away: np.ndarray, own_depth: np.ndarray, skin_m: np.ndarray
) -> np.ndarray:
    """Which keypoints are hidden by nothing but the person's own skin: (17,) bool.

    Args:
        xy, away: (17, 2) pixels and (17,) distances along the view of the keypoints.
        own_depth: (height, width) distance of the person, -inf where something else is seen.
        skin_m: (17,) how deep each keypoint lies below the skin.
    """
    height, width = own_depth.shape
    column = np.clip(np.rint(xy[:, 0]).astype(int), 0, width - 1)
    row = np.clip(np.rint(xy[:, 1]).astype(int), 0, height - 1)
    far = np.full(len(xy), -np.inf)
    for dy in (-1, 0, 1):  # an ear's keypoint may lie just beside the head
        for dx in (-1, 0, 1):
            beside = np.clip(row + dy, 0, height - 1), np.clip(column + dx, 0, width - 1)
            far = np.maximum(far, own_depth[beside])
    return away - far < skin_m


def label(person: Act, number: int, view: View, camera: Camera) -> dict | None:
    """COCO's fields of one person, or None for somebody who is out of the picture."""
    width, height = camera.size
    mine = view.owner == number
    outline = camera.project(person.points[::2])[0]
    inside = ((outline >= 0) & (outline < [width, height])).all(1)
    if not mine.any() or not inside.any():
        return None
    xy, away = camera.project(person.joints)
    tall = np.ptp(person.student.figure.rest[:, 2]) / 1.7
    own_depth = np.where(mine, view.depth, -np.inf)
    seen = visible(xy, away, own_depth, SKIN_M * tall) & (away > 0)
    within = ((xy >= 0) & (xy <= [width - 1, height - 1])).all(1) & (away > 0)
    share = mine.sum() / max(1.0, _covered(outline[inside], camera.size))
    flags = np.where(within, np.where(seen, 2, 1), 0)
    if mine.sum() < LEAST_PIXELS or share < LEAST_SHARE_SEEN or not (flags == 2).any():
        flags[:] = 0
    triples = np.column_stack([np.round(np.where(flags[:, None] > 0, xy, 0), 1), flags])
    rows, columns = np.nonzero(mine)
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
    return {
        "movement": person.movement,
        "age_years": round(person.student.build.age_years, 1),
        "keypoints": [int(v) if i % 3 == 2 else float(v) for i, v in enumerate(triples.ravel())],
        "num_keypoints": int((flags > 0).sum()),
        "keypoints_3d": np.round(camera.seen(person.joints), 3).ravel().tolist(),
        "bbox": [int(v) for v in (*low, *(high - low))],
        "area": int(mine.sum()),
    }


def reflections(view: View) -> list[dict]:
    """Boxes without keypoints of reflections that nobody could tell from people.

    A reflection beside an edge of its mirror is no person; one in a mirror that fills the picture
    is to be left out of the training, as a crowd is.
    """
    found: list[dict] = []
    columns_of_glass = np.flatnonzero(view.glass.any(0))
    if not len(columns_of_glass):
        return found
    first, last = columns_of_glass[[0, -1]]
    for number in range(int(view.reflected.max()) + 1):
        rows, columns = np.nonzero(view.reflected == number)
        if len(rows) < LEAST_PIXELS:
            continue
        low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
        near, right = int((high - low).max()), view.glass.shape[1] - 1
        if 0 < first > low[0] - near or right > last < high[0] + near:
            continue  # the mirror's edge is seen beside it
        box = [int(v) for v in (*low, *(high - low))]
        nothing = {"keypoints": [0] * 51, "num_keypoints": 0, "keypoints_3d": [0.0] * 51}
        found.append({"movement": "reflection", **nothing, "bbox": box, "area": len(rows)})
    return found


def _covered(outline: np.ndarray, size: tuple[int, int]) -> float:
    """Approximate number of pixels that a person would cover if nothing hid them."""
    columns, rows = size[0] // 3 + 1, size[1] // 3 + 1
    cells = (outline // 3).astype(np.int64)
    return 9.0 * np.count_nonzero(np.bincount(cells @ [1, columns], minlength=columns * rows))
