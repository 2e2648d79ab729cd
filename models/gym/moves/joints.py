"""A student's 17 COCO joints over time, without the mesh: taken from postures, blended, placed.

Joints are (frames, 17, 3) metres, the floor at z = 0; a figure faces -y as everywhere in the gym.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.skeleton import COCO_KEYPOINTS
from models.gym.limbs import turn, unit
from models.gym.student import Posture, Student

AT = {name: number for number, name in enumerate(COCO_KEYPOINTS)}
# The bone whose head a joint lies at, and the bones that carry its offset from there.
_ANCHORS = {
    "shoulder": ("upperarm01", ("clavicle",)), "elbow": ("lowerarm01", ("upperarm01",)),
    "wrist": ("wrist", ("lowerarm01",)), "hip": ("upperleg01", ("root", "upperleg01")),
    "knee": ("lowerleg01", ("upperleg01", "lowerleg01")), "ankle": ("foot", ("lowerleg01",)),
}  # fmt: skip
# What a joint's middle keeps from the floor, metres: how a body rests on it.
CLEAR_M = np.array([
    {"ankle": 0.06, "knee": 0.06, "wrist": 0.03, "elbow": 0.04, "hip": 0.09, "shoulder": 0.08}.get(
        name.split("_")[-1], 0.07
    )
    for name in COCO_KEYPOINTS
])  # fmt: skip
CONTACTS = {
    "feet": ("left_ankle", "right_ankle"), "hands": ("left_wrist", "right_wrist"),
    "knees": ("left_knee", "right_knee"), "seat": ("left_hip", "right_hip"),
}  # fmt: skip


class Skeleton:
    """A student's joints without skinning: within 2 cm of `Figure.keypoints`, 50 times as fast."""

    def __init__(self, student: Student, posture_rad: np.ndarray | float = 0.0) -> None:
        self.student, figure = student, student.figure
        self.posture_rad = posture_rad  # (17, 3) how this one holds each bone, see `bent`
        bones = figure.anatomy.bones
        still = np.tile(np.eye(3, 4), (1, len(figure.joints), 1, 1))
        heads, carriers = [], []
        for name in COCO_KEYPOINTS:
            side, _, joint = name.partition("_")
            head, carried = _ANCHORS.get(joint, ("head", ("head",)))
            end = f".{side[0].upper()}" if joint in _ANCHORS else ""
            heads.append(bones[head + end])
            both = [bones[bone if bone == "root" else bone + end] for bone in carried]
            carriers.append([both[0], both[-1]])
        self._heads, self._carriers = np.array(heads), np.array(carriers)
        self._offset = figure.keypoints(still)[0] - figure.joints[self._heads]

    def __call__(self, posture: Posture) -> np.ndarray:
        """The joints of a posture: (frames, 17, 3)."""
        turned, heads = self.student.figure.place(posture.turns, posture.root)
        carried = turned[:, self._carriers].mean(2)
        return np.asarray(heads[:, self._heads] + np.einsum("fkij,kj->fki", carried, self._offset))


def _bone_matrix() -> np.ndarray:
    """(17, 17): bone vectors from joints; the first row is the place of the hips' middle."""
    rows = {name: np.eye(17)[number] for name, number in AT.items()}
    hips, shoulders, ears = (
        (rows[f"left_{joint}"] + rows[f"right_{joint}"]) / 2 for joint in ("hip", "shoulder", "ear")
    )
    bones = [hips, rows["left_hip"] - hips, shoulders - hips, rows["left_shoulder"] - shoulders]
    for side in ("left", "right"):
        for limb in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")):
            chain = [rows[f"{side}_{joint}"] for joint in limb]
            bones += [chain[1] - chain[0], chain[2] - chain[1]]
    bones += [ears - shoulders, rows["left_ear"] - ears, rows["nose"] - ears]
    return np.stack([*bones, rows["left_eye"] - rows["nose"], rows["right_eye"] - rows["nose"]])


BONES = _bone_matrix()
JOINTS = np.linalg.inv(BONES)
# How freely each bone wavers: hips and shoulders little, arms and head more.
WAVER = np.array([0, 0.4, 0.5, 0.5, 1.2, 1.5, 0.6, 0.7, 1.2, 1.5, 0.6, 0.7, 1.5, 1.2, 0.5, 0, 0])

_ROUND = np.array([1.0, 0.3, 2.5])


def blended(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Between two poses bone by bone, so that limbs turn instead of shrinking.

    Args:
        first, second: (frames or 1, 17, 3).
        share: (frames,) of the second, 0 to 1.
    """
    part = share[:, None, None]
    a, b = BONES @ first, BONES @ second
    mixed = (1 - part) * a + part * b
    length = (1 - part) * _length(a) + part * _length(b)
    # Opposite directions have no shortest way: such a bone goes round over the top.
    against = np.clip(-(unit(a) * unit(b)).sum(-1, keepdims=True) - 0.5, 0, None)
    mixed[:, 1:] += (part * (1 - part) * against * length * _ROUND)[:, 1:]
    mixed[:, 1:] = unit(mixed[:, 1:]) * length[:, 1:]
    return np.asarray(JOINTS @ mixed)


def bent(joints: np.ndarray, wobble: np.ndarray) -> np.ndarray:
    """Every bone off by a small angle: `wobble` is (frames, 17, 3) radians or so."""
    bones = BONES @ joints
    length = _length(bones)
    moved = bones + length * wobble * WAVER[:, None]
    moved[:, 1:] = unit(moved[:, 1:]) * length[:, 1:]
    return np.asarray(JOINTS @ moved)


def smooth_noise(
    rng: np.random.Generator, frames: int, hz: float, speed_hz: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Noise of variance 1 that changes about `speed_hz` times a second: (frames, *shape)."""
    knots = max(4, int(frames / hz * speed_hz) + 4)
    values = rng.standard_normal((knots, *shape))
    at = rng.random() + np.arange(frames) * ((knots - 3.01) / max(frames, 2))
    low = np.floor(at).astype(int)
    part = (at - low).reshape(-1, *[1] * len(shape))
    part = part * part * (3 - 2 * part)
    mixed = (1 - part) * values[low] + part * values[low + 1]
    return np.asarray(mixed / np.sqrt((1 - part) ** 2 + part**2))


def middle(joints: np.ndarray, contact: str) -> np.ndarray:
    """Where a pair of CONTACTS is: (frames, 3)."""
    return np.asarray(joints[:, [AT[name] for name in CONTACTS[contact]]].mean(1))


def anchored(joints: np.ndarray, contact: str, place: np.ndarray) -> np.ndarray:
    """Shifted over the floor so that the contact is over `place` (frames or 1, 2 or 3)."""
    shift = place[..., :2] - middle(joints, contact)[:, :2]
    out = joints.copy()
    out[..., :2] += shift[:, None]
    return np.asarray(out)


def grounded(joints: np.ndarray) -> np.ndarray:
    """Lowered or raised until the lowest joint rests on the floor."""
    over = (joints[..., 2] - CLEAR_M).min(1)
    return np.asarray(joints - over[:, None, None] * np.array([0, 0, 1.0]))


@dataclass(frozen=True)
class Stand:
    """Where a figure is in the room and which way it faces."""

    heading_rad: float
    place: np.ndarray  # (2,) metres

    def apply(self, joints: np.ndarray) -> np.ndarray:
        """Joints of a figure at the origin that faces -y, brought here."""
        out = joints @ turn("z", np.degrees(self.heading_rad)).T
        out[..., :2] += self.place
        return np.asarray(out)


def _length(bones: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(bones, axis=-1, keepdims=True))
