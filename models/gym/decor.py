"""What hangs on the wall behind the people: posters, a mirror, a row of bright windows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.gym.camera import Camera
from models.gym.limbs import unit
from models.gym.mirror import Mirror, Side
from models.gym.posters import POSTERS, Posters
from models.gym.room import Parts, Room
from models.gym.shade import Light

POSTER_SHARE, MIRROR_SHARE, WINDOWS_SHARE = 0.3, 0.3, 0.14  # of the halls
OFF_WALL_M = 0.03  # windows of the hall itself lie 0.02 m before the wall
POSTER_M = (0.5, 1.3)  # the longer side
BANNER_M = (1.3, 2.6)
WINDOW_GLOW = (4.0, 14.0)


@dataclass(frozen=True)
class Patch:
    """The part of a wall that the camera sees.

    Attributes:
        middle_m: along the wall, from the point nearest to the room's origin.
        half_m: of the width seen.
        low_m, high_m: heights between which it is seen, within the wall.
    """

    side: Side
    middle_m: float
    half_m: float
    low_m: float
    high_m: float

    def place(self, along_m: float, up_m: float, off_m: float) -> np.ndarray:
        """A point before the wall, (3,)."""
        side = self.side
        return side.out * (side.far_m - off_m) + side.along * along_m + np.array([0, 0, up_m])


def patch_behind(sides: tuple[Side, ...], camera: Camera) -> Patch | None:
    """What is seen of the wall that faces the camera most; None if the camera looks elsewhere."""
    forward = camera.axes[2]
    level = unit(forward * [1, 1, 0])
    side = max(sides, key=lambda each: float(each.out @ level))
    gap = side.far_m - float(side.out @ camera.place)
    steep = float(side.out @ forward)
    if gap < 1.0 or steep < 0.2:
        return None
    distance = gap / steep
    hit = camera.place + distance * forward
    width, height = camera.size
    half = distance * width / 2 / camera.focal_px
    tall = distance * height / 2 / camera.focal_px
    low, high = max(0.0, hit[2] - tall), min(side.high_m, hit[2] + tall)
    if high - low < 0.5:
        return None
    return Patch(side, float(side.along @ hit), half, low, high)


def decorated(rng: np.random.Generator, room: Room, camera: Camera, posters: Posters) -> Room:
    """The hall with something on a wall in view, or as it was; other rooms stay as they are."""
    if not room.sides:
        return room
    kind = rng.random() - MIRROR_SHARE
    if kind < 0:
        return _with_mirror(rng, room, camera)
    patch = patch_behind(room.sides, camera)
    if patch is not None and kind < POSTER_SHARE:
        return _with_posters(rng, room, patch, posters)
    if patch is not None and kind < POSTER_SHARE + WINDOWS_SHARE:
        return _with_windows(rng, room, patch)
    return room


def _with_posters(rng: np.random.Generator, room: Room, patch: Patch, posters: Posters) -> Room:
    parts = Parts(rng)
    taken: list[tuple[float, float]] = []
    for _ in range(int(rng.choice([1, 1, 2, 3, 4]))):
        levels = posters.get(int(rng.integers(POSTERS)))
        rows, columns = levels[0].shape[:2]
        banner = max(rows, columns) > 1.9 * min(rows, columns)
        texel = rng.uniform(*(BANNER_M if banner else POSTER_M)) / max(rows, columns)
        wide, tall = columns * texel, rows * texel
        left = patch.middle_m + rng.uniform(-0.9, 0.9) * patch.half_m - wide / 2
        if any(left < end + 0.05 and start - 0.05 < left + wide for start, end in taken):
            continue
        taken.append((left, left + wide))
        lowest = max(0.3, patch.low_m)
        top = min(patch.high_m, patch.side.high_m - 0.1) - tall
        low = rng.uniform(lowest, max(lowest, top))
        parts.rectangle(
            patch.place(left, low, OFF_WALL_M), patch.side.along * wide, (0, 0, tall),
            parts.texture(levels, texel),
        )  # fmt: skip
    return room.with_parts(parts)


def reflecting(side: Side, camera: Camera) -> np.ndarray | None:
    """The point of a wall, (3,), where a mirror shows what the camera is aimed at.

    None if that point is not in the picture.
    """
    aim, place = camera.target, camera.place
    behind = aim + 2 * (side.far_m - float(side.out @ aim)) * side.out
    gap, way = side.far_m - float(side.out @ place), behind - place
    if gap < 0.5 or not 0.1 < behind[2] < side.high_m:
        return None
    point = place + way * gap / float(side.out @ way)
    xy, away = camera.project(point)
    inside = ((xy > 0) & (xy < camera.size)).all()
    return point if inside and away > 0 and 0 < point[2] < side.high_m else None


def _with_mirror(rng: np.random.Generator, room: Room, camera: Camera) -> Room:
    """A mirror on a wall, in a frame or without, that shows the subject of the picture."""
    points = [(side, reflecting(side, camera)) for side in room.sides]
    fitting = [(side, point) for side, point in points if point is not None]
    if not fitting:
        return room
    side, point = fitting[int(rng.integers(len(fitting)))]
    parts = Parts(rng)
    wide = float(rng.choice([rng.uniform(0.8, 2.0), rng.uniform(2.0, 7.0)]))
    low = min(float(rng.choice([0.05, rng.uniform(0.1, 0.8)])), max(0.05, point[2] - 0.4))
    tall = min(max(rng.uniform(1.3, 2.2), point[2] + 0.4 - low), side.high_m - low - 0.05)
    patch = Patch(side, float(side.along @ point), 0.0, low, low + tall)
    left = patch.middle_m - rng.uniform(0.3, 0.7) * wide
    if rng.random() < 0.6:
        edge = rng.uniform(0.02, 0.1)
        under = min(edge, low)
        parts.rectangle(
            patch.place(left - edge, low - under, OFF_WALL_M), side.along * (wide + 2 * edge),
            (0, 0, tall + edge + under), parts.thing(),
        )  # fmt: skip
    corner = patch.place(left, low, OFF_WALL_M + 0.01)
    parts.rectangle(corner, side.along * wide, (0, 0, tall), parts.thing((200, 205, 205)))
    with_glass = room.with_parts(parts)
    number = len(with_glass.walls.rectangles) - 1
    tint = rng.uniform(0.75, 1.0) * np.array([rng.uniform(0.95, 1.0), 1.0, rng.uniform(0.95, 1.02)])
    return replace(with_glass, mirror=Mirror(number, corner, side.out, tint))


def _with_windows(rng: np.random.Generator, room: Room, patch: Patch) -> Room:
    """A row of windows so bright that the people before them are nearly black."""
    parts = Parts(rng)
    glass = parts.thing((236, 242, 250))
    low = float(rng.choice([0.1, rng.uniform(0.5, 1.3)]))
    tall = min(rng.uniform(1.0, 3.0), patch.side.high_m - low - 0.1)
    wide, gap = rng.uniform(0.6, 2.2), rng.uniform(0.08, 0.5)
    glow = rng.uniform(*WINDOW_GLOW)
    left = patch.middle_m - patch.half_m - rng.uniform(0, wide)
    while left < patch.middle_m + patch.half_m:
        parts.rectangle(
            patch.place(left, low, OFF_WALL_M), patch.side.along * wide, (0, 0, tall), glass,
            glow=glow,
        )  # fmt: skip
        left += wide + gap
    away = patch.side.out
    up = np.radians(rng.uniform(12, 40))
    towards = np.array([away[0] * np.cos(up), away[1] * np.cos(up), np.sin(up)])
    lamp, around = rng.uniform(0.6, 1.4), rng.uniform(0.12, 0.4)
    light = Light(towards, lamp * np.ones(3), around * np.array([0.97, 1.0, 1.04]))
    return replace(room.with_parts(parts), light=light)
