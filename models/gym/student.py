"""A dressed figure: one mesh with colours, ready to be posed and drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.skeleton import COCO_KEYPOINTS
from models.gym.body import Build, Figure, Turns, anatomy
from models.gym.clothes import Outfit, Regions, dressed
from models.gym.mesh import skinned, smoothed
from models.gym.textures import CLOTH_PX, CLOTH_TEXEL_M, cloth, texture_levels

# Radii and centre in ear-to-ear widths: left, back and up from between the ears.
TAILS = {
    "bun": ((0.32, 0.28, 0.3), (0, 0.86, 0.5)),
    "ponytail": ((0.19, 0.2, 0.6), (0, 0.86, -0.1)),
    "long": ((0.52, 0.3, 1.0), (0, 0.48, -0.3)),
}


@dataclass(frozen=True)
class Posture:
    """A figure's pose over time: bones' turns (frames, 3, 3) and root positions (frames, 3)."""

    turns: Turns
    root: np.ndarray

    def part(self, frames: np.ndarray) -> Posture:
        """The frames with these indices."""
        return Posture({bone: turn[frames] for bone, turn in self.turns.items()}, self.root[frames])


class Student:
    """A person: body, hair and clothes; `fine` as `body.Anatomy`.

    Attributes:
        faces: (F, 3) triangles.
        colours: (V, 3) uint8 RGB of what is not cloth.
        texture: (V,) which of `cloths` covers a vertex, or -1.
        uv: (V, 2) place on that cloth, metres.
        worn: (V, 2) how much a vertex is the shirt's and the trousers', 0 to 1; see `shade`.
        cloths: the levels of the shirt's front, its back and the trousers.
    """

    def __init__(self, build: Build, outfit: Outfit, seed: int, fine: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.build, self.outfit = build, outfit
        body = anatomy(fine)
        self.figure = body.figure(build)
        self.regions = Regions(self.figure)
        self.head = _head_axes(self.figure)
        scalp = _scalp(self.head.points, outfit)
        worn, cover = _hemmed(self.figure, *_worn(self.regions, outfit))
        rest = dressed(self.figure, *_cover(self, worn, scalp, rng))
        colours = _paint(self, rest, worn, scalp, rng)
        tail_points, tail_faces = _tail(self.head, outfit)
        count = len(tail_points)
        self.rest = np.concatenate([rest, tail_points]).astype(np.float32)
        shade = 1 + 0.1 * rng.standard_normal((count, 1))
        tail_colours = np.clip(np.asarray(outfit.hair) * shade, 0, 255)
        self.colours = np.concatenate([colours, tail_colours]).astype(np.uint8)
        self.faces = np.concatenate([body.faces, tail_faces + len(rest)])
        shares = np.zeros((count, body.shares.shape[1]), np.float32)
        shares[:, 0] = 1
        self.shares = np.concatenate([body.shares, shares])
        self.bones = np.concatenate(
            [body.movers, np.full(shares.shape, body.bones["head"], np.int32)]
        )
        self.texture, self.uv = _wrap(self, worn, count)
        self.worn = np.concatenate([cover, np.zeros((count, 2), np.float32)])
        self.cloths = [
            texture_levels(cloth(rng, outfit.shirt, outfit.trim, outfit.pattern)),
            texture_levels(cloth(rng, outfit.shirt, outfit.trim, outfit.back_pattern)),
            texture_levels(cloth(rng, outfit.bottom, outfit.bottom_trim, outfit.bottom_pattern)),
        ]
        trunk = (self.regions.leg < 0.25) & (self.regions.arm < 0.1)
        self.parts = {"foot": np.flatnonzero(self.regions.foot),
                      "hand": np.flatnonzero(self.regions.hand),
                      "trunk": np.flatnonzero(trunk)[::3]}  # fmt: skip

    @staticmethod
    def random(rng: np.random.Generator, age_years: tuple[float, float] = (8, 50)) -> Student:
        """A random student; see `Build.random` and `Outfit.random`."""
        build = Build.random(rng, age_years)
        return Student(build, Outfit.random(rng, build), int(rng.integers(2**31)))

    def lowest(self, posture: Posture, part: str) -> np.ndarray:
        """Height of the lowest "foot", "hand" or "trunk" vertex: (frames,) metres."""
        transforms = self.figure.bone_transforms(posture.turns, posture.root)
        return self.skin(transforms, self.parts[part])[..., 2].min(1)

    def skin(self, transforms: np.ndarray, chosen: np.ndarray | slice) -> np.ndarray:
        """Some of the vertices, posed: (frames, vertices, 3) float32."""
        return skinned(self.rest[chosen], self.bones[chosen], self.shares[chosen], transforms)

    def show(self, posture: Posture) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (frames, V, 3) float32 and COCO keypoints (frames, 17, 3), metres."""
        transforms = self.figure.bone_transforms(posture.turns, posture.root)
        return self.skin(transforms, slice(None)), self.figure.keypoints(transforms)


@dataclass(frozen=True)
class _Head:
    points: np.ndarray  # (V, 3): left, back and up from between the ears, in ear-to-ear widths
    centre: np.ndarray  # (3,) metres
    size: float  # ear to ear, metres
    landmarks: dict[str, np.ndarray]  # COCO's face keypoints in the same units as `points`


def _head_axes(figure) -> _Head:
    still = np.tile(np.eye(3, 4), (1, len(figure.joints), 1, 1))
    face = dict(zip(COCO_KEYPOINTS, figure.keypoints(still)[0], strict=True))
    centre = (face["left_ear"] + face["right_ear"]) / 2
    size = float(np.linalg.norm(face["left_ear"] - face["right_ear"]))
    landmarks = {name: (face[name] - centre) / size for name in COCO_KEYPOINTS[:5]}
    return _Head((figure.rest - centre) / size, centre, size, landmarks)


def _scalp(points: np.ndarray, outfit: Outfit) -> np.ndarray:
    """How thick the hair is on each vertex: 0 on the face and neck, 1 on the crown."""
    y, z = points[:, 1], points[:, 2]
    if outfit.hair_style == "bald":
        return np.zeros(len(points))
    nape = {"short": -0.3, "buzz": -0.3, "scarf": -1.4, "long": -0.9}.get(outfit.hair_style, -0.55)
    cheek = {"scarf": -1.2, "long": -0.4}.get(outfit.hair_style, -0.05)
    line = np.interp(y, [-0.7, -0.35, -0.05, 0.12, 0.3], [0.78, 0.7, 0.25, cheek, nape])
    near = np.linalg.norm(points * [1, 1, 0.8], axis=1) < 1.5
    return np.clip((z - line) / 0.12, 0, 1) * near * (np.abs(points[:, 0]) < 0.75)


def _cover(
    student: Student, worn: tuple[np.ndarray, ...], scalp: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Cloth and hair thickness in metres and rounds of smoothing for every vertex."""
    regions, outfit, rest = student.regions, student.outfit, student.figure.rest
    shirt, bottom, shoe = worn
    folds = np.sin(rest @ rng.normal(0, 22, (3, 3)) + rng.uniform(0, 6, 3)).sum(1) / 3
    folds = outfit.loose * (0.8 + 0.5 * folds)
    cover = np.zeros(len(scalp))
    cover[bottom] = 0.005 + folds[bottom] * np.clip(regions.leg[bottom], 0.3, 1.2)
    cover[shirt] = 0.006 + folds[shirt]
    cover[shoe] = 0.012
    hair = scalp > 0
    thick = {"buzz": 0.004, "short": 0.010, "cap": 0.026, "bun": 0.012, "ponytail": 0.014,
             "long": 0.022, "scarf": 0.016, "bald": 0.0}[outfit.hair_style]  # fmt: skip
    cover[hair] = thick * scalp[hair] + rng.uniform(-0.002, 0.002, hair.sum())
    rounds = np.zeros(len(scalp), int)
    rounds[bottom] = 12
    rounds[shirt] = 25
    rounds[shoe] = 30
    rounds[hair & ~regions.eye] = 3
    return cover, rounds


def _worn(regions: Regions, outfit: Outfit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which vertices the shirt, the trousers and the shoes cover."""
    limbless = (regions.arm < 0) & ~regions.head & ~regions.hand
    torso = limbless & (regions.leg < 0) & (regions.torso < 0.97)
    shirt = (torso & (regions.torso > 0.1)) | ((regions.arm >= 0) & (regions.arm < outfit.sleeve))
    hips = limbless & (regions.leg >= 0) | (torso & ~shirt)
    bottom = hips & (regions.leg < outfit.bottom_end) & ~regions.foot
    shoe = regions.foot & (regions.leg > 1.9) & (not outfit.barefoot)
    return shirt & ~regions.hand, bottom & ~shirt, shoe


def _hemmed(figure: Figure, shirt: np.ndarray, bottom: np.ndarray, shoe: np.ndarray):
    """The same with even hems: which vertices are covered, and the shares that say so (V, 2)."""
    shares = np.stack([shirt, bottom, np.zeros(len(shirt))], axis=1).astype(np.float32)
    rounds = np.full(len(shirt), 20 if figure.anatomy.fine else 5)
    shares = smoothed(shares, *figure.anatomy.neighbours, rounds)[:, :2]
    bare = 1 - shares.sum(1)
    shirt, bottom = (shares[:, i] > np.maximum(shares[:, 1 - i], bare) for i in range(2))
    return (shirt, bottom, shoe & ~bottom), shares


def _wrap(student: Student, worn: tuple[np.ndarray, ...], tail: int):
    """Which cloth lies on each vertex (V,), and where on it (V, 2) metres; a tail has none."""
    shirt, bottom, _ = worn
    rest, torso = student.figure.rest, student.regions.torso
    behind = rest[:, 1] > np.median(rest[shirt, 1])
    texture = np.where(shirt, np.where(behind, 1, 0), np.where(bottom, 2, -1))
    chest = rest[np.abs(torso - 0.7).argmin(), 2]
    across = np.where(behind & shirt, -1, 1) * rest[:, 0] + 0.6 * (rest[:, 1] - 0.0)
    middle = CLOTH_PX * CLOTH_TEXEL_M / 2
    uv = np.stack([across + middle, chest - rest[:, 2] + 70 * CLOTH_TEXEL_M], axis=1)
    return (
        np.concatenate([texture, np.full(tail, -1)]).astype(np.int32),
        np.concatenate([uv, np.zeros((tail, 2))]).astype(np.float32),
    )


def _paint(
    student: Student, rest: np.ndarray, worn: tuple[np.ndarray, ...], scalp: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """RGB colours (V, 3), 0 to 255, of skin, hair, socks and shoes."""
    regions, outfit = student.regions, student.outfit
    _, bottom, shoe = worn
    colours = np.tile(np.asarray(outfit.skin, float), (len(rest), 1))
    _paint_face(colours, student)
    sock = (regions.leg > 1.72) & ~shoe & ~bottom & (not outfit.barefoot)
    colours[sock] = outfit.socks
    colours[shoe] = outfit.shoes
    if shoe.any():
        sole = shoe & (rest[:, 2] < rest[shoe, 2].min() + 0.018)
        colours[sole] = np.where(np.mean(outfit.shoes) > 128, 60, 225)
    colours *= 1 + 0.03 * rng.standard_normal((len(rest), 1))
    hair = np.asarray(outfit.hair) * (1 + 0.12 * rng.standard_normal((len(rest), 1)))
    amount = np.clip(scalp * 3, 0, 1)[:, None]
    return np.clip(colours * (1 - amount) + hair * amount, 0, 255)


def _paint_face(colours: np.ndarray, student: Student) -> None:
    points, face = student.head.points, student.head.landmarks
    skin = np.asarray(student.outfit.skin, float)
    front = points[:, 1] < face["left_ear"][1] - 0.25
    for side in ("left_eye", "right_eye"):
        eye = face[side]
        offset = points - eye
        outwards = offset[:, 0] * np.sign(eye[0])
        brow = front & (np.abs(outwards - 0.02) < 0.12) & (np.abs(offset[:, 2] - 0.15) < 0.04)
        colours[brow] = np.asarray(student.outfit.hair) * 0.8 + skin * 0.2
        regions = student.regions
        ball = (regions.eye | regions.eye_white) & (np.abs(offset[:, 0]) < 0.2)
        colours[ball] = (232, 230, 226)
        pupil = ball & (np.hypot(offset[:, 0], offset[:, 2]) < 0.045)
        colours[pupil] = (48, 34, 26)
    mouth = points - (face["nose"] + [0, 0, -0.33])
    lips = (
        front & (np.abs(mouth[:, 0]) < 0.17) & (np.abs(mouth[:, 2]) < 0.05) & (mouth[:, 1] < 0.25)
    )
    colours[lips] = skin * 0.72 + np.array([150, 50, 55]) * 0.28


def _tail(head: _Head, outfit: Outfit) -> tuple[np.ndarray, np.ndarray]:
    """A bun, a ponytail or long hair as an ellipsoid behind the head: rest vertices, triangles."""
    if outfit.hair_style not in TAILS:
        return np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    rows, columns = 8, 12
    polar, around = np.meshgrid(
        np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns, False), indexing="ij"
    )
    ball = np.stack(
        [np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], -1
    )
    radii, centre = TAILS[outfit.hair_style]
    points = head.centre + head.size * (ball.reshape(-1, 3) * radii + centre)
    faces = []
    for row in range(rows - 1):
        for column in range(columns):
            a, b = row * columns + column, row * columns + (column + 1) % columns
            faces += [(a, a + columns, b), (b, a + columns, b + columns)]
    return points, np.asarray(faces, np.int64)
