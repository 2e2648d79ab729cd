"""The paper's five environments and three lights (figure 8), as rooms to draw."""

from __future__ import annotations

import cv2
import numpy as np

from models.gym import textures
from models.gym.light import light_of
from models.gym.limbs import unit
from models.gym.room import (
    FLOORS,
    Parts,
    Photo,
    Room,
    Setting,
    Surfaces,
    build_hall,
    furnish,
)

INSIDE = {  # height of the ceiling, distance of a wall from the people, number of objects
    "dormitory": ((2.4, 2.8), (0.15, 0.8), (3, 8)),
    "laboratory": ((2.6, 3.2), (0.8, 2.5), (5, 10)),
    "gym": ((4.0, 6.5), (2.5, 6.0), (0, 6)),
}
GROUND_PX, GROUND_TEXEL_M = 256, 0.012
SKIES = {
    "day": ((110, 165, 220), (205, 220, 230)),
    "evening": ((60, 70, 110), (220, 150, 95)),
    "night": ((4, 6, 12), (22, 24, 32)),
}


def place(
    rng: np.random.Generator, name: str, light: str, surfaces: Surfaces, setting: Setting
) -> Room:
    """A room, or a ground under the sky; see `plan.py` for their names."""
    parts = Parts(rng)
    away = unit((setting.camera.target - setting.camera.place) * [1, 1, 0])
    if name in INSIDE:
        ground = surfaces.get("floor", int(rng.integers(FLOORS)))
        texel_m, size = textures.FLOOR_TEXEL_M, 12.0
    else:
        ground, texel_m, size = textures.texture_levels(_ground(rng, name)), GROUND_TEXEL_M, 40.0
    number = parts.texture(ground, texel_m)
    corner, offset = (-size, -size, 0), rng.uniform(0, 6, 2)
    parts.rectangle(corner, (2 * size, 0, 0), (0, 2 * size, 0), number, offset)
    for mat in setting.mats:
        parts.mat(mat)
    if name in INSIDE:
        high_m, gap_m, things = INSIDE[name]
        build_hall(parts, surfaces, setting, light, high_m, gap_m)
        furnish(parts, setting, away, things)
    else:
        furnish(parts, setting, away, (0, 3))
    lit, dim = light_of(rng, light, away)
    return Room(parts.walls(), parts.levels, parts.texel_m, lit, dim, _sky(rng, light))


def _ground(rng: np.random.Generator, name: str) -> np.ndarray:
    """Rubber or asphalt of a playground, or grass: (GROUND_PX, GROUND_PX, 3) uint8."""
    if name == "playground":
        colour = np.array([(150, 70, 60), (95, 95, 98), (70, 105, 85)][rng.integers(3)], float)
        rough = 0.07
    else:
        colour, rough = np.array([rng.uniform(60, 105), rng.uniform(90, 125), 55]), 0.2
    grain = rng.standard_normal((GROUND_PX, GROUND_PX, 1))
    patches = textures.smooth_noise(rng, GROUND_PX, 8)[..., None]
    image = colour * (1 + rough * grain + 0.1 * patches)
    return np.clip(image, 0, 255).astype(np.uint8)


def _sky(rng: np.random.Generator, light: str) -> Photo:
    """The sky over a line of trees or houses."""
    high, low = (np.asarray(colour, float) for colour in SKIES[light])
    edge = np.interp(np.linspace(0, 1, 200), np.linspace(0, 1, 24), rng.uniform(0.1, 0.35, 24))
    dark = low * rng.uniform(0.25, 0.5)

    def photo(size: tuple[int, int]) -> np.ndarray:
        share = np.linspace(0, 1, 100)[:, None, None]
        image = np.broadcast_to((1 - share) * high + share * low, (100, 200, 3)).copy()
        image[np.linspace(1, 0, 100)[:, None] < edge + 0.35] = dark
        return cv2.resize(image.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)

    return photo
