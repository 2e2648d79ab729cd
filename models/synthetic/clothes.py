"""Hair, skin and clothes: where each begins and ends on a figure, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch

from models.synthetic.body import Anatomy, Build, Figure, anatomy

SKINS = (
    (241, 205, 180),
    (224, 178, 146),
    (198, 148, 112),
    (160, 110, 78),
    (118, 78, 54),
    (82, 54, 40),
)
HAIRS = ((28, 22, 20), (52, 34, 24), (92, 62, 38), (150, 112, 62), (196, 164, 104), (120, 58, 32))
BOTTOM_LENGTHS = {"shorts": 0.62, "long shorts": 0.95, "leggings": 1.8, "trousers": 1.88}
SLEEVES = {"none": -0.05, "short": 0.55, "elbow": 0.85, "long": 1.9}
LEAST_CONTRAST = 75  # between skin and cloth, in RGB
PATTERNS = ("plain", "plain", "stripes", "yoke", "print", "noise")


@dataclass(frozen=True)
class Outfit:
    """What a student wears; colours are RGB from 0 to 255."""

    skin: tuple[int, int, int]
    hair: tuple[int, int, int]
    hair_style: str  # "short", "cap", "bun" or "ponytail"
    shirt: tuple[int, int, int]
    trim: tuple[int, int, int]
    pattern: str
    sleeve: float  # shoulder 0, elbow 1, wrist 2
    bottom: tuple[int, int, int]
    bottom_end: float  # hip 0, knee 1, ankle 2
    loose: float  # how far the cloth stands off, metres
    shoes: tuple[int, int, int]
    socks: tuple[int, int, int]

    @staticmethod
    def random(rng: np.random.Generator, build: Build) -> Outfit:
        """Sportswear of any colour; long hair is likelier on girls."""
        long_hair = rng.random() < 0.15 + 0.6 * build.gender
        skin = _pick(rng, SKINS)
        return Outfit(
            skin=skin,
            hair=_pick(rng, HAIRS),
            hair_style=str(rng.choice(["bun", "ponytail"] if long_hair else ["short", "cap"])),
            shirt=cloth_colour(rng, skin),
            trim=cloth_colour(rng),
            pattern=str(rng.choice(PATTERNS)),
            sleeve=float(SLEEVES[str(rng.choice(list(SLEEVES), p=[0.12, 0.58, 0.12, 0.18]))]),
            bottom=cloth_colour(rng, skin),
            bottom_end=float(BOTTOM_LENGTHS[str(rng.choice(list(BOTTOM_LENGTHS)))]),
            loose=float(rng.uniform(0.006, 0.018)),
            shoes=cloth_colour(rng),
            socks=_pick(rng, ((235, 235, 235), (40, 40, 44), cloth_colour(rng))),
        )


def _pick(rng: np.random.Generator, choices: tuple) -> tuple[int, int, int]:
    colour = np.asarray(choices[rng.integers(len(choices))]) + rng.normal(0, 6, 3)
    red, green, blue = np.clip(colour, 0, 255).astype(int)
    return int(red), int(green), int(blue)


def cloth_colour(
    rng: np.random.Generator, skin: tuple[int, int, int] | None = None
) -> tuple[int, int, int]:
    """White, black, grey or a dyed colour, never so near the skin's that it looks bare."""
    colour = _dye(rng)
    while skin is not None and np.linalg.norm(np.subtract(colour, skin)) < LEAST_CONTRAST:
        colour = _dye(rng)
    return colour


def _dye(rng: np.random.Generator) -> tuple[int, int, int]:
    if rng.random() < 0.4:
        grey = int(rng.choice([28, 45, 90, 150, 215, 238]))
        return _pick(rng, ((grey, grey, grey),))
    hue, depth, light = rng.random(), rng.uniform(0.4, 0.95), rng.uniform(60, 225)
    wheel = np.clip(np.abs((hue * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    return _pick(rng, (tuple(light * (1 - depth * (1 - wheel))),))


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
    """How much of each vertex moves with the bones of these names: (13718,) from 0 to 1."""
    chosen = [i for name, i in anatomy.bones.items() if name.startswith(prefixes)]
    return anatomy.weights[:, chosen].sum(dim=1).numpy()


def _along(points: np.ndarray, joints: list[np.ndarray], second: np.ndarray) -> np.ndarray:
    """Position along a two-bone limb: 0 at its root, 1 at the hinge, 2 at its end."""
    start, middle, end = joints
    upper = (points - start) @ (middle - start) / np.sum((middle - start) ** 2)
    lower = 1 + (points - middle) @ (end - middle) / np.sum((end - middle) ** 2)
    return np.where(second > 0.5, lower, np.minimum(upper, 1.1))


@lru_cache(maxsize=1)
def averaging() -> torch.Tensor:
    """A sparse matrix that averages the neighbours of each vertex of the body: (13718, 13718)."""
    faces, count = anatomy().faces, len(anatomy().weights)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    degree = np.bincount(edges[:, 0], minlength=count).clip(1)
    values = torch.from_numpy(1.0 / degree[edges[:, 0]]).float()
    indices = torch.from_numpy(edges.T.copy())
    matrix = torch.sparse_coo_tensor(indices, values, (count, count), check_invariants=True)
    return matrix.coalesce()


def normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Outward unit normals of the vertices of one mesh: (V, 3) float32."""
    corners = torch.from_numpy(points)[torch.from_numpy(faces)]
    face = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = torch.zeros(len(points), 3)
    for corner in range(3):
        total.index_add_(0, torch.from_numpy(faces[:, corner]), face)
    return torch.nn.functional.normalize(total, dim=1).numpy()


def dressed(figure: Figure, cover: np.ndarray, rounds: np.ndarray) -> np.ndarray:
    """Rest vertices with the clothes' surface instead of the body's.

    Args:
        cover: (V,) how far each vertex is moved outwards, metres; 0 leaves it.
        rounds: (V,) how often a vertex is averaged with its neighbours: cloth spans hollows.
    """
    average = averaging()
    points = torch.from_numpy(figure.rest.copy())
    for done in range(int(rounds.max(initial=0))):
        moving = torch.from_numpy(rounds > done)
        points[moving] = torch.sparse.mm(average, points)[moving]
    smooth = points.numpy()
    return smooth + cover[:, None].astype(np.float32) * normals(smooth, figure.anatomy.faces)
