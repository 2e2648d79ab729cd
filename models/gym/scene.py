"""Renders a room with people for a camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.gym import shade
from models.gym.camera import Camera
from models.gym.mesh import normals
from models.gym.raster import Hits, draw_rectangles, draw_triangles
from models.gym.room import Room
from models.gym.student import Student
from models.gym.textures import CLOTH_TEXEL_M

OVERSAMPLED = 2  # a picture is rendered at this multiple of its size, then averaged


@dataclass(frozen=True)
class Actor:
    """A student and where the skin is at one moment: (V, 3) float32, metres."""

    student: Student
    points: np.ndarray


@dataclass(frozen=True)
class View:
    """A drawn picture.

    Attributes:
        light: (height, width, 3) float32, linear RGB; 1 is white, more is dazzling.
        depth: (height, width) float32 distance along the view, metres; inf where nothing is.
        owner: (height, width) int32 the number of the actor seen, or -1.
        glass: (height, width) bool where a mirror is seen.
        reflected: (height, width) int32 the number of the actor seen in a mirror, or -1.
    """

    light: np.ndarray
    depth: np.ndarray
    owner: np.ndarray
    glass: np.ndarray
    reflected: np.ndarray


def draw(
    actors: Sequence[Actor], room: Room, camera: Camera, shadow_px: int = shade.SHADOW_PX
) -> View:
    """Renders the camera's view; `shadow_px` is the side of the shadow map."""
    scene = _Scene.of(actors, room, shadow_px)
    light, hits = scene.render(room, camera)
    half = slice(None, None, OVERSAMPLED)
    owner = scene.owner(hits)[half, half]
    reflected, glass = np.full(owner.shape, -1, np.int32), np.zeros(hits.what.shape, bool)
    if room.mirror is not None:
        glass = hits.what == len(scene.people.faces) + room.mirror.number
        if glass.any():
            before = replace(room, walls=room.mirror.before(room.walls))
            other, seen = scene.render(before, room.mirror.viewer(camera))
            light[glass] = (other[:, ::-1] * room.mirror.tint.astype(np.float32))[glass]
            reflected = np.where(glass, scene.owner(seen)[:, ::-1], -1)[half, half]
    light = cv2.resize(light, camera.size, interpolation=cv2.INTER_AREA)
    return View(light, hits.depth[half, half].copy(), owner, glass[half, half], reflected)


@dataclass(frozen=True)
class _Scene:
    """All people as one mesh, and their shadows."""

    people: shade.People
    points: np.ndarray
    ends: np.ndarray
    textures: shade.Textures
    shadows: shade.Shadows

    @staticmethod
    def of(actors: Sequence[Actor], room: Room, shadow_px: int) -> _Scene:
        people, points, ends = _join(actors)
        levels = list(room.textures) + [cloth for a in actors for cloth in a.student.cloths]
        texel_m = list(room.texel_m) + [CLOTH_TEXEL_M] * (3 * len(actors))
        people = people._replace(texture=_numbered(people.texture, len(room.textures)))
        shadows = _shadows(points, people.faces, room.light.towards, shadow_px)
        return _Scene(people, points, ends, shade.bundle(levels, texel_m), shadows)

    def render(self, room: Room, camera: Camera) -> tuple[np.ndarray, Hits]:
        """Light (height, width, 3) and hits, OVERSAMPLED times as wide and high as the picture."""
        width, height = (OVERSAMPLED * side for side in camera.size)
        seen = camera.seen(self.points)
        away, focal_px = seen[:, 2], OVERSAMPLED * camera.focal_px
        xy = seen[:, :2] / np.maximum(away[:, None], 1e-6) * focal_px + [
            width / 2 - 0.5,
            height / 2 - 0.5,
        ]
        hits = Hits.empty(height, width)
        faces = self.people.faces
        draw_triangles(xy, away, faces, hits.depth, hits.what, hits.place)
        draw_rectangles(
            room.walls.rectangles, camera.place, camera.axes, focal_px, len(faces), hits
        )
        behind = np.zeros((1, 1, 3), np.uint8) if room.behind is None else room.behind(camera.size)
        photo = cv2.resize(behind, (width, height), interpolation=cv2.INTER_LINEAR)
        light = shade.shade(
            *(hits.depth, hits.what, hits.place, self.people, room.walls, self.textures),
            *(room.light, self.shadows, camera.place.astype(float), camera.axes, focal_px, photo),
        )
        return light, hits

    def owner(self, hits: Hits) -> np.ndarray:
        """The number of the actor in each pixel, or -1: like `hits.what`, int32."""
        owner = np.searchsorted(self.ends, hits.what, side="right").astype(np.int32)
        owner[(hits.what < 0) | (hits.what >= len(self.people.faces))] = -1
        return owner


def _join(actors: Sequence[Actor]) -> tuple[shade.People, np.ndarray, np.ndarray]:
    """All meshes as one, its vertices, and where each actor's triangles end."""
    faces, first, parts = [], 0, []
    for number, actor in enumerate(actors):
        student = actor.student
        faces.append(student.faces + first)
        first += len(actor.points)
        texture = np.where(student.texture >= 0, student.texture + 3 * number, -1)
        parts.append((normals(actor.points, student.faces), student.colours, texture, student.uv,
                      student.worn))  # fmt: skip
    joined = [np.concatenate(part) for part in zip(*parts, strict=True)]
    points = np.concatenate([actor.points for actor in actors])
    ends = np.cumsum([len(each) for each in faces])
    return shade.People(np.concatenate(faces), *joined), points, ends


def _numbered(texture: np.ndarray, first: int) -> np.ndarray:
    return np.where(texture >= 0, texture + first, -1)


def _shadows(points: np.ndarray, faces: np.ndarray, towards: np.ndarray, px: int) -> shade.Shadows:
    """The lamp's shadows, and the darkness under what is close to the floor."""
    shadows = shade.cast(points, faces, towards, px)
    low = points[points[:, 2] < 0.14]
    cells = ((low[:, :2] - shadows.middle[:2]) * shadows.texels_a_m + px / 2).astype(int)
    near = np.zeros_like(shadows.contact)
    near[cells[:, 1].clip(0, px - 1), cells[:, 0].clip(0, px - 1)] = 1
    joined = 5 * px // shade.SHADOW_PX
    near = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((joined, joined), np.uint8))
    sigma = 0.045 * shadows.texels_a_m
    return shadows._replace(contact=cv2.GaussianBlur(near, (0, 0), sigma))
