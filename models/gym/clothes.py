"""Hair, skin and clothes: their borders on a figure, and their colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.body import Anatomy, Build, Figure
from models.gym.mesh import normals, smoothed
from models.gym.textures import PATTERNS, Colour, dye, near

SKINS = (
    (241, 205, 180),
    (224, 178, 146),
    (232, 190, 150),
    (198, 148, 112),
    (160, 110, 78),
    (118, 78, 54),
    (82, 54, 40),
    (58, 40, 32),
)
HAIRS = ((28, 22, 20), (28, 22, 20), (52, 34, 24), (92, 62, 38), (150, 112, 62), (196, 164, 104),
         (120, 58, 32))  # fmt: skip
GREY_HAIR = (165, 162, 158)
BOTTOM_LENGTHS = {"shorts": 0.62, "long shorts": 0.95, "leggings": 1.8, "trousers": 1.88}
SLEEVES = {"none": -0.05, "short": 0.55, "elbow": 0.85, "long": 1.9}
LEAST_CONTRAST = 75  # between skin and cloth, in RGB
SHORT_HAIR, LONG_HAIR = ("buzz", "short", "short", "cap"), ("bun", "ponytail", "long", "long")


@dataclass(frozen=True)
class Outfit:
    """What a student wears; colours are RGB from 0 to 255."""

    skin: Colour
    hair: Colour
    hair_style: str  # of SHORT_HAIR or LONG_HAIR, "bald" or "scarf"
    shirt: Colour
    trim: Colour
    pattern: str  # of the shirt's front, see `textures.cloth`
    back_pattern: str
    sleeve: float  # shoulder 0, elbow 1, wrist 2
    bottom: Colour
    bottom_trim: Colour
    bottom_pattern: str
    bottom_end: float  # hip 0, knee 1, ankle 2
    loose: float  # distance of the cloth from the skin, metres
    shoes: Colour
    barefoot: bool
    socks: Colour

    @staticmethod
    def random(rng: np.random.Generator, build: Build) -> Outfit:
        """Sportswear of any colour; long hair is likelier on girls."""
        skin = _pick(rng, SKINS)
        style = _hair_style(rng, build)
        grey = rng.random() < (build.age_years - 40) / 25
        hair = (
            cloth_colour(rng) if style == "scarf" else _pick(rng, (GREY_HAIR,) if grey else HAIRS)
        )
        pattern = str(rng.choice(PATTERNS))
        printed = pattern in ("logo", "number", "fade")
        slim = rng.random() < 0.35
        return Outfit(
            skin=skin,
            hair=hair,
            hair_style=style,
            shirt=cloth_colour(rng, skin),
            trim=cloth_colour(rng),
            pattern=pattern,
            back_pattern=str(rng.choice(["plain", "number"])) if printed else pattern,
            sleeve=float(SLEEVES[str(rng.choice(list(SLEEVES), p=[0.12, 0.56, 0.12, 0.2]))]),
            bottom=cloth_colour(rng, skin),
            bottom_trim=cloth_colour(rng, skin),
            bottom_pattern=str(
                rng.choice(["plain", "plain", "plain", "panels", "noise", "checks"])
            ),
            bottom_end=float(BOTTOM_LENGTHS[str(rng.choice(list(BOTTOM_LENGTHS)))]),
            loose=float(rng.uniform(0.003, 0.01) if slim else rng.uniform(0.01, 0.03)),
            shoes=cloth_colour(rng),
            barefoot=bool(rng.random() < 0.1),
            socks=_pick(rng, ((235, 235, 235), (40, 40, 44), cloth_colour(rng))),
        )


def _hair_style(rng: np.random.Generator, build: Build) -> str:
    if build.gender < 0.5 and build.age_years > 30 and rng.random() < 0.15:
        return "bald"
    if build.gender > 0.5 and rng.random() < 0.08:
        return "scarf"
    long = rng.random() < 0.12 + 0.65 * build.gender
    return str(rng.choice(LONG_HAIR if long else SHORT_HAIR))


def _pick(rng: np.random.Generator, choices: tuple) -> Colour:
    return near(rng, choices[rng.integers(len(choices))])


def cloth_colour(rng: np.random.Generator, skin: Colour | None = None) -> Colour:
    """A random dye, never so close to the skin's colour that the cloth looks bare."""
    colour = dye(rng)
    while skin is not None and np.linalg.norm(np.subtract(colour, skin)) < LEAST_CONTRAST:
        colour = dye(rng)
    return colour


class Regions:
    """Coordinates along the limbs and the head for every vertex of a figure at rest."""

    def __init__(self, figure: Figure) -> None:
        anatomy, rest = figure.anatomy, figure.rest
        share = {
            name: _share(anatomy, *bones)
            for name, bones in {
                "arm": ("upperarm", "lowerarm", "wrist", "finger", "metacarpal"),
                "forearm": ("lowerarm", "wrist", "finger", "metacarpal"),
                "leg": ("upperleg", "lowerleg", "foot", "toe"),
                "shin": ("lowerleg", "foot", "toe"),
            }.items()
        }
        side = np.where(rest[:, :1] > 0, 1.0, -1.0) * np.array([1.0, 0, 0]) + np.array(
            [0, 1.0, 1.0]
        )
        mirrored = rest * side  # as if every vertex were on the left
        arm = [figure.joint(f"{bone}.L") for bone in ("upperarm01", "lowerarm01", "wrist")]
        leg = [figure.joint(f"{bone}.L") for bone in ("upperleg01", "lowerleg01", "foot")]
        self.arm = np.where(share["arm"] > 0.35, _along(mirrored, arm, share["forearm"]), -1.0)
        self.leg = np.where(share["leg"] > 0.02, _along(mirrored, leg, share["shin"]), -1.0)
        self.hand = anatomy.vertices_of("hand.L", "hand.R")
        self.foot = anatomy.vertices_of("foot.L", "foot.R")
        self.eye = anatomy.vertices_of("eye_front.L", "eye_front.R")
        white = anatomy.vertices_of("eye_back.L", "eye_back.R")
        self.eye_white = white & ~self.eye
        self.head = anatomy.vertices_of("head") | self.eye | white
        hips, neck = figure.joint("spine05")[2], figure.joint("neck01")[2]
        self.torso = (rest[:, 2] - hips) / (neck - hips)


def _share(anatomy: Anatomy, *prefixes: str) -> np.ndarray:
    """Share of each vertex that moves with the named bones: (13718,) from 0 to 1."""
    chosen = [i for name, i in anatomy.bones.items() if name.startswith(prefixes)]
    return np.where(np.isin(anatomy.movers, chosen), anatomy.shares, 0).sum(1)


def _along(points: np.ndarray, joints: list[np.ndarray], second: np.ndarray) -> np.ndarray:
    """Position along a two-bone limb: 0 at its root, 1 at the hinge, 2 at its end."""
    start, middle, end = joints
    upper = (points - start) @ (middle - start) / np.sum((middle - start) ** 2)
    lower = 1 + (points - middle) @ (end - middle) / np.sum((end - middle) ** 2)
    return np.where(second > 0.5, lower, np.minimum(upper, 1.1))


def dressed(figure: Figure, cover: np.ndarray, rounds: np.ndarray) -> np.ndarray:
    """Rest vertices with the clothes' surface instead of the body's.

    Args:
        cover: (V,) how far each vertex moves outwards, metres; 0 keeps it.
        rounds: (V,) how often a vertex is averaged with its neighbours: cloth spans hollows.
    """
    finer = 4 if figure.anatomy.fine else 1  # half as far a round, so four times as many
    smooth = smoothed(figure.rest, *figure.anatomy.neighbours, finer * rounds)
    return smooth + cover[:, None].astype(np.float32) * normals(smooth, figure.anatomy.faces)
