"""What hangs on the wall behind the people: posters, a mirror, a row of bright windows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.gym.camera import Camera
from models.gym.limbs import unit
from models.gym.posters import POSTERS, Posters
from models.gym.room import Mirror, Parts, Room, Side
from models.gym.shade import Light

POSTER_SHARE, MIRROR_SHARE, WINDOWS_SHARE = 0.3, 0.16, 0.12  # of the halls
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
    """The room with something on the wall behind the people, or as it was."""
    patch = patch_behind(room.sides, camera) if room.sides else None
    if patch is None:
        return room
    kind = rng.random()
    if kind < POSTER_SHARE:
        return _with_posters(rng, room, patch, posters)
    if kind < POSTER_SHARE + MIRROR_SHARE:
        return _with_mirror(rng, room, patch)
    if kind < POSTER_SHARE + MIRROR_SHARE + WINDOWS_SHARE:
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


def _with_mirror(rng: np.random.Generator, room: Room, patch: Patch) -> Room:
    """A mirror from the floor or from hip height, in a frame or without."""
    parts = Parts(rng)
    wide = float(rng.choice([rng.uniform(0.7, 2.0), rng.uniform(2.0, 7.0)]))
    low = float(rng.choice([0.05, rng.uniform(0.2, 0.9)]))
    tall = min(rng.uniform(1.3, 2.4), patch.side.high_m - low - 0.1)
    left = patch.middle_m + rng.uniform(-0.6, 0.6) * patch.half_m - wide / 2
    if rng.random() < 0.6:
        edge = rng.uniform(0.02, 0.1)
        parts.rectangle(
            patch.place(left - edge, low - min(edge, low), OFF_WALL_M),
            patch.side.along * (wide + 2 * edge), (0, 0, tall + edge + min(edge, low)),
            parts.thing(),
        )  # fmt: skip
    corner, along = patch.place(left, low, OFF_WALL_M + 0.01), patch.side.along * wide
    parts.rectangle(corner, along, (0, 0, tall), parts.thing((200, 205, 205)))
    decorated_room = room.with_parts(parts)
    number = len(decorated_room.walls.rectangles) - 1
    tint = rng.uniform(0.75, 1.0) * np.array([rng.uniform(0.95, 1.0), 1.0, rng.uniform(0.95, 1.02)])
    return replace(decorated_room, mirror=Mirror(number, corner, patch.side.out, tint))


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
