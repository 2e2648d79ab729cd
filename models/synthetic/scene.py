"""The gym: a floor with a mat, a wall, light, soft shadows and a camera.

Rooms are drawn with the machine's own OpenGL through an off-screen window, so no display is needed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")

import cv2
import numpy as np
import pyvista as pv
from vtkmodules.vtkCommonCore import vtkFloatArray

from models.synthetic.camera import Camera
from models.synthetic.clothes import cloth_colour, normals
from models.synthetic.limbs import unit
from models.synthetic.student import Student

PATCH_M = 4.0  # the part of the floor that takes shadows
PATCH_PX = 800
FLOOR_M = 12.0
MOST_BOXES = 8  # the wall's two and the furniture
MATT = {"ambient": 0.45, "diffuse": 0.75, "specular": 0.0}


@dataclass(frozen=True)
class Room:
    """Colours and light; the mat lies along y under the student."""

    floor: np.ndarray  # (PATCH_PX * 3, PATCH_PX * 3, 3) uint8, FLOOR_M on a side
    mat: tuple[int, int, int] | None
    wall: tuple[int, int, int]
    panel: tuple[int, int, int]
    furniture: tuple[tuple[tuple[float, ...], tuple[int, int, int]], ...]  # boxes and their colours
    light: np.ndarray  # (3,) direction towards the lamp
    brightness: float
    warmth: float

    @staticmethod
    def random(rng: np.random.Generator, floor: np.ndarray | None = None) -> Room:
        """A wooden, plain or marked floor, a two-coloured wall and some gym furniture."""
        light = unit(np.array([rng.normal(0, 0.45), rng.normal(0, 0.45), 1.0]))
        shade = np.clip(rng.uniform(120, 235) + rng.normal(0, 14, 3), 0, 255).astype(int)
        wall = (int(shade[0]), int(shade[1]), int(shade[2]))
        boxes = []
        for _ in range(rng.integers(1, 6)):
            x, width, top = rng.uniform(-3.5, 3), rng.uniform(0.3, 1.6), rng.uniform(0.3, 2.2)
            bottom = rng.choice([0.0, rng.uniform(0, top * 0.7)])
            depth = rng.uniform(0.02, 0.4)
            colour = _painted(wall, cloth_colour(rng))
            boxes.append(((x, x + width, -depth, 0.0, bottom, top), colour))
        return Room(
            floor=random_floor(rng) if floor is None else floor,
            mat=cloth_colour(rng) if rng.random() < 0.75 else None,
            wall=wall,
            panel=_painted(wall, cloth_colour(rng)),
            furniture=tuple(boxes),
            light=light,
            brightness=float(rng.uniform(0.65, 1.0)),
            warmth=float(rng.normal(0, 0.06)),
        )


def _painted(wall: tuple[int, ...], colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """A colour toned down towards the wall's, as rooms are."""
    red, green, blue = (int(0.55 * a + 0.45 * b) for a, b in zip(wall, colour, strict=True))
    return red, green, blue


def random_floor(rng: np.random.Generator) -> np.ndarray:
    """Boards, lino or a court's floor with lines: (2400, 2400, 3) uint8."""
    side = PATCH_PX * 3
    kind = rng.choice(["boards", "boards", "lino", "court"])
    if kind == "lino":
        base = np.asarray(cloth_colour(rng)) * 0.6 + 70
        grain = cv2.resize(
            rng.normal(0, 9, (side // 6, side // 6)).astype(np.float32), (side, side)
        )
        image = base + grain[..., None]
    else:
        base = np.array([186, 140, 92]) * rng.uniform(0.7, 1.15) + rng.normal(0, 8, 3)
        board_px = int(rng.uniform(12, 30))
        boards = side // board_px + 1
        shade = np.repeat(rng.normal(1, 0.06, (boards, 8)), side // 8, axis=1)
        shade = np.repeat(shade, board_px, axis=0)[:side]
        grain = rng.normal(0, 1, (side, side // 60)).astype(np.float32)
        image = base * shade[..., None] + 5 * cv2.resize(grain, (side, side))[..., None]
        image[::board_px] *= 0.78
    if kind == "court":
        for _ in range(4):
            start, end = rng.integers(0, side, (2, 2)).tolist()
            end = [end[0], start[1]] if rng.random() < 0.5 else [start[0], end[1]]
            cv2.line(image, start, end, cloth_colour(rng), 10)
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2)
    return np.clip(image, 0, 255).astype(np.uint8)


class Stage:
    """Draws one student at a time in one room; make it once and reuse it.

    Args:
        size: width and height of the pictures.
        smooth: whether edges are smoothed, which takes more than twice the time.
    """

    def __init__(self, size: tuple[int, int], smooth: bool = True) -> None:
        self.plotter = pv.Plotter(off_screen=True, window_size=list(size), lighting="none")
        if smooth:
            self.plotter.enable_anti_aliasing("msaa", multi_samples=4)
        self.lamp = pv.Light(light_type="scene light")
        self.fill = pv.Light(light_type="headlight")
        self.plotter.add_light(self.lamp)
        self.plotter.add_light(self.fill)

    def set_room(self, room: Room, centre: np.ndarray, away: np.ndarray) -> None:
        """Builds floor, mat, wall and furniture.

        Args:
            centre: (3,) middle of the mat.
            away: (3,) level direction from the camera to the student: the wall stands behind.
        """
        self.room, self.centre = room, np.array([centre[0], centre[1], 0.0])
        floor = _with_mat(room)
        first = PATCH_PX
        self.patch = floor[first : first + PATCH_PX, first : first + PATCH_PX].astype(np.float32)
        self._put("floor", _plane(self.centre, FLOOR_M, -0.004), texture=pv.Texture(floor), **MATT)
        self.patch_texture = pv.Texture(self.patch.astype(np.uint8))
        self._put("patch", _plane(self.centre, PATCH_M, 0.0), texture=self.patch_texture, **MATT)
        self._build_wall(room, away)
        self.lamp.position, self.lamp.focal_point = self.centre + 6 * room.light, self.centre
        self.lamp.intensity = room.brightness
        tint = np.clip([1 + room.warmth, 1.0, 1 - room.warmth], 0, 1)
        self.lamp.diffuse_color = self.fill.diffuse_color = tint
        self.fill.intensity = 0.35 * room.brightness

    def _build_wall(self, room: Room, away: np.ndarray) -> None:
        along = unit(np.cross([0.0, 0.0, 1.0], away))
        axes = np.stack([along, away, np.array([0.0, 0.0, 1.0])], axis=1)
        origin = self.centre + away * 2.6
        wall = (((-9, 9, 0, 0.1, 1.1, 4.5), room.wall), ((-9, 9, 0, 0.1, -0.1, 1.1), room.panel))
        items = wall + room.furniture
        for number in range(MOST_BOXES):
            name = f"box{number}"
            if number >= len(items):
                self.plotter.remove_actor(name, render=False)  # type: ignore[arg-type]
                continue
            bounds, colour = items[number]
            box = pv.Box(bounds)
            box.points = box.points @ axes.T + origin
            self._put(name, box, color=np.asarray(colour) / 255, **MATT)

    def show_room(self, shown: bool) -> None:
        """Shows or hides everything but the student."""
        for name, actor in self.plotter.actors.items():
            actor.SetVisibility(shown or name == "student")

    def set_student(self, student: Student) -> None:
        """Puts another student on the stage."""
        self.student = student
        self.mesh = pv.PolyData.from_regular_faces(student.rest.astype(float), student.faces)
        self.mesh["colour"] = student.colours
        self.mesh.point_data.active_normals = normals(student.rest, student.faces)
        self._put("student", self.mesh, scalars="colour", rgb=True, smooth_shading=False,
                  ambient=0.4, diffuse=0.8, specular=0.05)  # fmt: skip
        self.plotter.actors["student"].prop.interpolation = "Phong"

    def _put(self, name: str, mesh: pv.PolyData, **looks) -> None:
        self.plotter.add_mesh(mesh, name=name, render=False, reset_camera=False, **looks)

    def draw(self, points: np.ndarray, camera: Camera) -> np.ndarray:
        """The picture of a posture.

        Args:
            points: (V, 3) the student's vertices, metres.

        Returns:
            (height, width, 3) uint8 RGB.
        """
        self.mesh.points = points
        self.mesh.point_data.active_normals = normals(points, self.student.faces)
        self._shade_floor(points)
        view = self.plotter.camera
        view.position, view.focal_point, view.up = camera.place, camera.target, (0, 0, 1)
        view.view_angle = camera.view_deg
        self.plotter.renderer.ResetCameraClippingRange()
        self.plotter.render()
        return np.asarray(self.plotter.screenshot(return_img=True))

    def distances(self) -> np.ndarray:
        """Distance along the view of every pixel of the last picture: (height, width), metres."""
        width, height = self.plotter.window_size
        data = vtkFloatArray()
        window = self.plotter.render_window
        assert window is not None
        window.GetZbufferData(0, 0, width - 1, height - 1, data)
        z = pv.convert_array(data).reshape(height, width)[::-1].astype(np.float64)
        near, far = self.plotter.camera.clipping_range
        return np.where(z < 1, near * far / (far - z * (far - near)), np.inf)

    def _shade_floor(self, points: np.ndarray) -> None:
        """Darkens the floor where the light is blocked and where the body is close."""
        side = PATCH_PX // 4
        light = self.room.light
        flat = points[:, :2] - points[:, 2:] * (light[:2] / light[2])
        cast = cv2.GaussianBlur(self._splat(flat, side), (0, 0), 2.2)
        near = cv2.GaussianBlur(self._splat(points[points[:, 2] < 0.12, :2], side), (0, 0), 3.0)
        bright: np.ndarray = 1 - 0.42 * np.minimum(cast, 1) - 0.3 * np.minimum(near, 1)
        bright = cv2.resize(bright, (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_LINEAR)
        shaded = (self.patch * bright[..., None]).astype(np.uint8)
        image = self.patch_texture.GetInput()
        image.GetPointData().GetScalars().DeepCopy(
            pv.convert_array(np.ascontiguousarray(shaded[::-1]).reshape(-1, 3))
        )
        image.Modified()

    def _splat(self, xy: np.ndarray, side: int) -> np.ndarray:
        cells = ((xy - self.centre[:2]) / PATCH_M + 0.5) * side
        cells = cells[((cells >= 0) & (cells < side)).all(axis=1)].astype(int)
        mask = np.zeros((side, side), np.float32)
        mask[side - 1 - cells[:, 1], cells[:, 0]] = 1
        return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))

    def close(self) -> None:
        """Frees the window."""
        self.plotter.close()


def _with_mat(room: Room) -> np.ndarray:
    """The floor with the mat painted in its middle: like `Room.floor`."""
    floor = room.floor.copy()
    if room.mat is not None:
        middle, wide, long = (
            len(floor) // 2,
            int(0.45 * PATCH_PX / PATCH_M),
            int(PATCH_PX / PATCH_M),
        )
        for border, shade in ((0, 0.6), (3, 1.0)):
            colour = [int(shade * c) for c in room.mat]
            first = (middle - wide + border, middle - long + border)
            cv2.rectangle(
                floor, first, (middle + wide - border, middle + long - border), colour, -1
            )
    return floor


def _plane(centre: np.ndarray, side_m: float, height_m: float) -> pv.PolyData:
    """A level square whose texture has x to the right and y up."""
    place = [float(centre[0]), float(centre[1]), height_m]
    return pv.Plane(center=place, direction=(0, 0, 1), i_size=side_m, j_size=side_m)
