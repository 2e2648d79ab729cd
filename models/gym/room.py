"""The gym: floor, mats, walls, windows, furniture, and the light of a time of day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from models.gym import textures
from models.gym.camera import Camera
from models.gym.light import LIGHTS, light_of
from models.gym.limbs import unit
from models.gym.mirror import Mirror, Side
from models.gym.shade import Light, Walls

FLOORS, WALLS = 24, 32  # painted once per run; every room uses one of them
THING_PX, THING_TEXEL_M = 64, 0.03
KINDS = ("hall", "open", "photo")
MAT_M = (0.62, 1.9)

Levels = list[np.ndarray]
Photo = Callable[[tuple[int, int]], np.ndarray]  # of (width, height), an RGB picture


@dataclass(frozen=True)
class Setting:
    """What a room must leave space for.

    Attributes:
        reach_m: nobody is farther from the origin.
        camera: its side of the room stays clear.
        mats: (M, 3) x, y and direction in radians of the mats people use.
        bars: middle (3,) of each horizontal bar and its direction in radians.
        clear: nothing may stand between the camera and the people.
    """

    reach_m: float
    camera: Camera
    mats: Sequence[tuple[float, float, float]] = ()
    bars: Sequence[tuple[np.ndarray, float]] = ()
    clear: bool = False


class Surfaces:
    """Floors and walls shared by many rooms, painted on first use."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.painted: dict[tuple[str, int], Levels] = {}

    def get(self, kind: str, number: int) -> Levels:
        """The levels of one "floor" or "wall"."""
        if (kind, number) not in self.painted:
            rng = np.random.default_rng([self.seed, 1, number])
            image = textures.floor(rng) if kind == "floor" else textures.wall(rng)
            self.painted[kind, number] = textures.texture_levels(image)
        return self.painted[kind, number]


@dataclass(frozen=True)
class Room:
    """Everything in a picture except people; see `shade.Walls` and `shade.Light`."""

    walls: Walls
    textures: list[Levels]
    texel_m: list[float]
    light: Light
    dim: float  # darkness: 0 by day, 1 at night; determines the camera's noise
    behind: Photo | None
    sides: tuple[Side, ...] = ()  # of a hall
    mirror: Mirror | None = None

    def with_parts(self, parts: Parts) -> Room:
        """The room with more rectangles; their textures are numbered from 0 in `parts`."""
        more, first = parts.walls(), len(self.textures)
        more = more._replace(texture=np.where(more.texture < 0, -1, more.texture + first))
        walls = Walls(*(np.concatenate(pair) for pair in zip(self.walls, more, strict=True)))
        levels, texel_m = self.textures + parts.levels, self.texel_m + parts.texel_m
        return replace(self, walls=walls, textures=levels, texel_m=texel_m)

    @staticmethod
    def random(
        rng: np.random.Generator, surfaces: Surfaces, setting: Setting, behind: Photo | None
    ) -> Room:  # fmt: skip
        """A hall, or a floor before a photograph, or people cut out before a photograph.

        Without a photograph it is a hall.
        """
        parts = Parts(rng)
        away = unit((setting.camera.target - setting.camera.place) * [1, 1, 0])
        kind = "hall" if behind is None else str(rng.choice(KINDS, p=[0.6, 0.15, 0.25]))
        if kind == "photo":
            ground = -1
        else:
            level = surfaces.get("floor", int(rng.integers(FLOORS)))
            ground = parts.texture(level, textures.FLOOR_TEXEL_M)
        size = 12.0 if kind == "hall" else 40.0
        offset = rng.uniform(0, 6, 2)
        parts.rectangle((-size, -size, 0), (2 * size, 0, 0), (0, 2 * size, 0), ground, offset)
        for mat in setting.mats:
            parts.mat(mat)
        for bar in setting.bars:
            parts.bar(*bar)
        mode = str(rng.choice(LIGHTS))
        if kind == "hall":
            build_hall(parts, surfaces, setting, mode)
        if kind != "photo" or rng.random() < 0.3:
            furnish(parts, setting, away)
        light, dim = light_of(rng, mode, away)
        sides = tuple(parts.sides)
        return Room(parts.walls(), parts.levels, parts.texel_m, light, dim, behind, sides)


@dataclass
class Parts:
    """Rectangles and textures of a room that is being built."""

    rng: np.random.Generator
    levels: list[Levels] = field(default_factory=list)
    texel_m: list[float] = field(default_factory=list)
    rows: list[tuple] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)  # the walls of a hall

    def texture(self, levels: Levels, texel_m: float) -> int:
        self.levels.append(levels)
        self.texel_m.append(texel_m)
        return len(self.levels) - 1

    def thing(self, colour: textures.Colour | None = None) -> int:
        """A texture of one colour with a little wear, or with a band."""
        colour = textures.wall_paint(self.rng) if colour is None else colour
        image = np.full((THING_PX, THING_PX, 3), colour, np.float32)
        if self.rng.random() < 0.3:
            first = int(self.rng.integers(THING_PX - 12))
            image[first : first + int(self.rng.integers(2, 12))] = textures.dye(self.rng)
        image *= 1 + 0.04 * self.rng.standard_normal((THING_PX, THING_PX, 1))
        return self.texture(
            textures.texture_levels(np.clip(image, 0, 255).astype(np.uint8)), THING_TEXEL_M
        )

    def rectangle(self, corner, side, other, texture: int, offset=(0.0, 0.0), glow=0.0) -> None:
        self.rows.append(((corner, side, other), texture, offset, glow))

    def box(self, middle, turn_rad: float, size, texture: int) -> None:
        """`middle` is that of the underside; the underside itself is not drawn."""
        along = np.array([np.cos(turn_rad), np.sin(turn_rad), 0.0])
        x, y = size[0] * along, size[1] * np.array([-along[1], along[0], 0])
        z = np.array([0, 0, float(size[2])])
        low = np.asarray(middle, float) - (x + y) / 2
        offset = self.rng.uniform(0, 1, 2)
        for corner, side, other in (
            (low + z, x, y), (low, x, z), (low + x, y, z), (low + x + y, -x, z), (low + y, -y, z),
        ):  # fmt: skip
            self.rectangle(corner, side, other, texture, offset)

    def mat(self, mat: tuple[float, float, float]) -> None:
        size = np.array(MAT_M) * self.rng.uniform(0.9, 1.6, 2)
        thick = float(self.rng.choice([0.012, 0.024]))
        texture = self.thing(textures.dye(self.rng))
        self.box((mat[0], mat[1], -0.004), mat[2], (*size, thick), texture)

    def bar(self, middle: np.ndarray, turn_rad: float) -> None:
        """A horizontal bar on two posts."""
        texture, thick = self.thing(textures.dye(self.rng)), 0.032
        long = float(self.rng.uniform(1.1, 2.4))
        along = np.array([np.cos(turn_rad), np.sin(turn_rad), 0])
        self.box(middle - [0, 0, thick / 2], turn_rad, (long, thick, thick), texture)
        for end in (-0.5, 0.5):
            foot = (middle + end * long * along) * [1, 1, 0]
            self.box(foot, turn_rad, (0.06, 0.06, middle[2] + 0.05), texture)

    def walls(self) -> Walls:
        return Walls(
            np.array([np.array(row[0], float) for row in self.rows]),
            np.array([row[1] for row in self.rows], np.int64),
            np.array([row[2] for row in self.rows], float),
            np.array([row[3] for row in self.rows], float),
        )


def build_hall(
    parts: Parts, surfaces: Surfaces, setting: Setting, mode: str,
    high_m: tuple[float, float] = (2.6, 6.0), gap_m: tuple[float, float] = (0.3, 4.5),
) -> None:  # fmt: skip
    """Four walls, some with windows, and a ceiling with lamps; walls are seen from inside only.

    Args:
        high_m: between these is the ceiling's height.
        gap_m: and between these a wall's distance from the people.
    """
    rng = parts.rng
    turn_rad, high = rng.uniform(0, 2 * np.pi), rng.uniform(*high_m)
    window, up = parts.thing((235, 240, 250)), np.array([0.0, 0.0, 1.0])
    bright = {"night": 0.0, "evening": 0.6, "back": 3.0}.get(mode, 1.2)
    for quarter in range(4):
        angle = turn_rad + quarter * np.pi / 2
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        along = np.array([out[1], -out[0], 0.0])
        far = setting.reach_m + rng.uniform(*gap_m)
        parts.sides.append(Side(out, along, far, high))
        level = surfaces.get("wall", int(rng.integers(WALLS)))
        texture = parts.texture(level, textures.WALL_TEXEL_M)
        corner = out * far - along * 12
        offset = (rng.uniform(0, 8), 0.0)
        parts.rectangle(corner, along * 24, (0, 0, high), texture, offset)
        if rng.random() < 0.35:
            low, tall, wide = rng.uniform(0.6, 2.0), rng.uniform(0.6, 1.8), rng.uniform(0.6, 2.0)
            for pane in range(int(rng.integers(1, 5))):
                place = out * (far - 0.02) + along * (rng.uniform(-4, 1) + pane * (wide + 0.15))
                parts.rectangle(place + up * low, along * wide, (0, 0, tall), window, glow=bright)
    ceiling = parts.thing((210, 210, 205))
    parts.rectangle((-12, -12, high), (0, 24, 0), (24, 0, 0), ceiling)
    for _ in range(rng.integers(2, 7)):
        x, y = rng.uniform(-5, 5, 2)
        parts.rectangle((x, y, high - 0.03), (0, 1.2, 0), (0.3, 0, 0), window, glow=1.5)


def furnish(
    parts: Parts, setting: Setting, away: np.ndarray, things: tuple[int, int] = (0, 6)
) -> None:
    """Boxes of any size behind the people, and sometimes one object in front."""
    rng, aside = parts.rng, np.array([away[1], -away[0], 0.0])
    for _ in range(rng.integers(*things)):
        size = (rng.uniform(0.2, 1.8), rng.uniform(0.15, 0.6), rng.uniform(0.1, 1.6))
        place = away * (setting.reach_m + rng.uniform(0.4, 2.5)) + aside * rng.normal(0, 2.0)
        parts.box(place, rng.uniform(0, np.pi), size, parts.thing())
    if not setting.clear and rng.random() < 0.22:
        camera = setting.camera
        near = float(np.linalg.norm((camera.target - camera.place)[:2]))
        share = rng.uniform(0.35, 0.8)
        if near * (1 - share) > setting.reach_m + 0.1:
            place = camera.place + (camera.target - camera.place) * share
            place = place * [1, 1, 0] + aside * rng.normal(0, 0.5) * near * (1 - share)
            slim = rng.random() < 0.5
            size = (rng.uniform(0.04, 0.12), rng.uniform(0.04, 0.12), 2.6) if slim else (
                rng.uniform(0.3, 1.2), rng.uniform(0.2, 0.4), rng.uniform(0.15, 0.7))  # fmt: skip
            parts.box(place, rng.uniform(0, np.pi), size, parts.thing())


def photo_part(rng: np.random.Generator, photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A random cut-out of a photograph with the wanted width and height."""
    width, height = size
    rows, columns = photo.shape[:2]
    scale = max(height / rows, width / columns) * rng.uniform(1, 1.6)
    photo = cv2.resize(photo, (int(columns * scale) + 2, int(rows * scale) + 2))
    top = int(rng.integers(photo.shape[0] - height + 1))
    left = int(rng.integers(photo.shape[1] - width + 1))
    return photo[top : top + height, left : left + width]
