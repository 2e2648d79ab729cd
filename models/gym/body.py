"""A human figure of any age and build, posed by the orientation of its bones.

The body is `anny`'s. Its own pose parameters are not used: a figure is posed by giving the world
orientation of the relevant bones, relative to anny's rest pose (upright, arms half raised).
There x points to the figure's left, y to its back and z up, so one set of axes serves every bone,
and a bone that is not mentioned follows its parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import anny
import numpy as np
import torch
from anny.face_segmentation import get_face_segmentation_mask
from anny.shape_distribution import SimpleShapeDistribution

from edge_app.skeleton import COCO_KEYPOINTS
from models.gym.mesh import placed, quartered, rounded, skinned

Turns = Mapping[str, np.ndarray]  # bone name -> (frames, 3, 3) orientation relative to rest


@dataclass(frozen=True)
class Build:
    """The build of a person in anny's terms; all values but the age are from 0 to 1."""

    age_years: float
    gender: float  # 0 male, 1 female
    muscle: float
    weight: float
    height: float
    proportions: float

    @staticmethod
    def random(rng: np.random.Generator, age_years: tuple[float, float] = (8, 50)) -> Build:
        """A random person around the middle of each range, youngsters twice as often as adults."""
        low, high = age_years
        age = rng.uniform(low, min(high, 19)) if rng.random() < 2 / 3 else rng.uniform(low, high)
        shape = np.clip(rng.normal([0.5, 0.5, 0.33, 0.5], [0.15, 0.14, 0.12, 0.2]), 0.1, 0.9)
        return Build(float(age), float(rng.random()), *(float(value) for value in shape))


class Anatomy:
    """The parts of anny's model that do not depend on the person.

    Args:
        fine: split every triangle into four, on a smoother surface, for pictures to look at.
    """

    def __init__(self, fine: bool = False) -> None:
        self.model = anny.Anny(skinning_method="lbs").to(dtype=torch.float32)
        self.bones = {name: i for i, name in enumerate(self.model.bone_labels)}
        self.parents = np.array([int(parent) for parent in self.model.bone_parents])
        self.faces = self.model.faces.numpy().astype(np.int64)  # (27420, 3)
        weights = self.model.dense_vertex_bone_weights  # (13718, 104), rows sum to 1
        self.fine = fine
        if fine:
            self.faces, self._edges, self._opposite = quartered(self.faces, len(weights))
            weights = torch.cat([weights, weights[torch.from_numpy(self._edges)].mean(1)])
        shares, movers = torch.sort(weights, dim=1, descending=True)
        most = int((weights > 0).sum(1).max())
        self.shares = shares[:, :most].numpy()  # (13718, 9) of the bones that move each vertex
        self.movers = movers[:, :most].numpy().astype(np.int32)  # and their indices
        self.age_mapping = SimpleShapeDistribution(self.model).morphological_age_mapping.float()
        regressor = anny.KeypointsRegressor.coco(self.model, labels=list(COCO_KEYPOINTS))
        self._marked: dict[tuple[str, ...], np.ndarray] = {}
        keypoint_weights = regressor.regression_weights  # (17, 13718), rows sum to 1
        self.markers = torch.nonzero((keypoint_weights != 0).any(dim=0))[:, 0].numpy()
        self.keypoint_weights = keypoint_weights[:, self.markers].numpy()

    def vertices_of(self, *parts: str) -> np.ndarray:
        """Marks the vertices of anny's face segments, such as "hand.L": (13718,) bool."""
        if parts not in self._marked:
            mask = get_face_segmentation_mask(self.model, list(parts)).numpy()
            mask = np.repeat(mask, len(self.faces) // len(mask))
            self._marked[parts] = np.zeros(len(self.shares), bool)
            self._marked[parts][self.faces[mask].ravel()] = True
        return self._marked[parts]

    def figure(self, build: Build) -> Figure:
        """Shapes a body; takes about 10 ms."""
        age = self.age_mapping.morphological_to_anny_age(torch.tensor([build.age_years]))
        phenotype = {
            "gender": build.gender, "age": float(age[0]), "muscle": build.muscle,
            "weight": build.weight, "height": build.height, "proportions": build.proportions,
        }  # fmt: skip
        with torch.no_grad():
            out = self.model(phenotype_kwargs=phenotype)
        rest = out["rest_vertices"][0].numpy()
        if self.fine:
            rest = rounded(rest, self._edges, self._opposite)
        return Figure(self, rest, out["rest_bone_heads"][0].numpy())

    @cached_property
    def neighbours(self) -> tuple[np.ndarray, np.ndarray]:
        """The mesh's edges: where each vertex's neighbours begin (V + 1,), and the neighbours."""
        faces, count = self.faces, len(self.shares)
        edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
        first = np.concatenate([[0], np.cumsum(np.bincount(edges[:, 0], minlength=count))])
        return first, edges[:, 1].copy()


@lru_cache(maxsize=2)
def anatomy(fine: bool = False) -> Anatomy:
    """Loads anny: about 3 s, and over a minute the first time on a machine."""
    return Anatomy(fine)


class Figure:
    """One person's body.

    Attributes:
        rest: (13718, 3) vertices in anny's rest pose, metres; 54 854 of them if it is fine.
        joints: (104, 3) heads of the bones in the rest pose, metres, the root at the origin.
    """

    def __init__(self, anatomy: Anatomy, rest: np.ndarray, joints: np.ndarray) -> None:
        self.anatomy = anatomy
        self.rest = rest
        self.joints = joints.astype(np.float64)

    def joint(self, bone: str) -> np.ndarray:
        """The head of a bone in the rest pose: (3,)."""
        return self.joints[self.anatomy.bones[bone]]

    def place(self, turns: Turns, root: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Forward kinematics.

        Args:
            turns: orientations of the bones that do not simply follow their parent.
            root: (frames, 3) position of the root, between the hips.

        Returns:
            Orientations (frames, 104, 3, 3) and heads (frames, 104, 3) of all bones.
        """
        bones = self.anatomy.bones
        given = np.tile(np.eye(3), (len(root), len(bones), 1, 1))
        own = np.zeros(len(bones), bool)
        for name, value in turns.items():
            given[:, bones[name]] = value
            own[bones[name]] = True
        return placed(self.joints, self.anatomy.parents, given, own, np.asarray(root, float))

    def bone_transforms(self, turns: Turns, root: np.ndarray) -> np.ndarray:
        """Transforms of rest vertices to their posed places: (frames, 104, 3, 4)."""
        turned, heads = self.place(turns, root)
        shift = heads - np.einsum("fbij,bj->fbi", turned, self.joints)
        return np.concatenate([turned, shift[..., None]], axis=3)

    def keypoints(self, transforms: np.ndarray) -> np.ndarray:
        """COCO's 17 keypoints, inside the body as annotators place them: (frames, 17, 3)."""
        body, chosen = self.anatomy, self.anatomy.markers
        skin = skinned(self.rest[chosen], body.movers[chosen], body.shares[chosen], transforms)
        return np.einsum("kv,fvi->fki", body.keypoint_weights, skin)
