"""Scenes: person, exercise, place, light and camera, all random from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import cv2
import numpy as np

from edge_app.skeleton import COCO_KEYPOINTS, INDEX
from edge_app.values import Pose
from models.experiments.faults import perform
from models.experiments.places import place
from models.experiments.plan import Plan
from models.experiments.script import depth_at, draw_reps, duration_s
from models.gym.camera import Camera
from models.gym.exercises import Habit
from models.gym.lens import exposure, steady
from models.gym.room import Setting, Surfaces
from models.gym.scene import Actor, draw
from models.gym.student import Student

AGE_YEARS = (9, 20)
CHUNK = 16  # frames posed at a time
FPS = 15.0
SIZE = (320, 240)
DARKER = {"day": 1.0, "evening": 0.8, "night": 0.5}  # the exposure control gives up
NOISE = {"day": 0.004, "evening": 0.015, "night": 0.045}  # of the sensor, in linear light
GHOST = {"day": 0.0, "evening": 0.2, "night": 0.45}  # share of the last frame: a slow shutter


class Scene:
    """A planned scene with its student, movement, camera and truth.

    Attributes:
        reps: the truth.
        times_s: (frames,) of the pictures.
    """

    def __init__(self, plan: Plan, fps: float = FPS, size: tuple[int, int] = SIZE) -> None:
        self.plan, self._size = plan, size
        rng = np.random.default_rng([plan.seed, 1, plan.number])
        self.student = _student(plan)
        self.reps = draw_reps(rng, plan.exercise, list(plan.faults))
        self.times_s = np.arange(int(duration_s(self.reps) * fps)) / fps
        self.near = str(rng.choice(["L", "R"]))
        habit = Habit.random(rng, plan.exercise)
        if plan.exercise == "sit-up":
            habit = Habit("head", habit.width, habit.knee_deg, habit.lean_deg, habit.toes_deg)
        depth = np.clip(depth_at(self.reps, self.times_s), 0, 1)
        self.posture = perform(
            self.student, plan.exercise, habit, self.reps, self.times_s, depth, self.near
        )

    def camera(self) -> Camera:
        """A camera on a low tripod at the near side, with the whole movement in view."""
        rng = np.random.default_rng([self.plan.seed, 2, self.plan.number])
        chosen = np.linspace(0, len(self.times_s) - 1, 12).astype(int)
        points = self.student.show(self.posture.part(chosen))[0].reshape(-1, 3)[::5]
        middle = (points.min(0) + points.max(0)) / 2
        off = rng.uniform(-35, 35) if self.plan.exercise != "squat" else rng.uniform(-80, 80)
        azimuth = (0 if self.near == "L" else 180) + off
        height, view, roll = rng.uniform(0.4, 1.3), rng.uniform(38, 60), rng.normal(0, 1.5)
        for distance_m in np.arange(1.2, 9, 0.1):
            camera = Camera.around(middle, azimuth, height, distance_m, view, self._size, roll)
            xy, away = camera.project(points)
            margin = 0.05 * np.asarray(self._size)
            if (xy > margin).all() and (xy < self._size - margin).all() and away.min() > 0.6:
                break
        return camera

    def frames(self) -> Iterator[np.ndarray]:
        """The pictures of a camera in that light: (height, width, 3) uint8 BGR."""
        camera, plan = self.camera(), self.plan
        rng = np.random.default_rng([plan.seed, 3, plan.number])
        points = self.student.show(self.posture.part(np.array([0])))[0].reshape(-1, 3)
        middle = (points.min(0) + points.max(0)) / 2
        reach_m = float(np.linalg.norm(points[:, :2], axis=1).max()) + 0.3
        mats = [(middle[0], middle[1], 0.0)] if rng.random() < 0.6 else []
        setting = Setting(reach_m, camera, mats, clear=True)
        room = place(rng, plan.place, plan.light, Surfaces(plan.seed), setting)
        gain, before = 0.0, None
        for first in range(0, len(self.times_s), CHUNK):
            chosen = np.arange(first, min(first + CHUNK, len(self.times_s)))
            for vertices in self.student.show(self.posture.part(chosen))[0]:
                vertices[:, 2] = np.maximum(vertices[:, 2], 0.002)
                light = draw([Actor(self.student, vertices)], room, camera).light
                gain = gain or DARKER[plan.light] * exposure(rng, light, room.dim)
                light = _filmed(rng, light, before, plan.light)
                before = light
                yield cv2.cvtColor(steady(light, gain), cv2.COLOR_RGB2BGR)

    def exact_poses(self, jitter: float, seed: int = 0) -> list[Pose]:
        """The true joints in camera view, each with an error of `jitter` torso lengths (1 sigma).

        Includes hidden joints, the far side with a lower score: the best possible input for
        the rules.
        """
        joints = np.concatenate([
            self.student.show(self.posture.part(np.array([frame])))[1]
            for frame in range(len(self.times_s))
        ])  # fmt: skip
        xy = self.camera().project(joints)[0]
        rng = np.random.default_rng([self.plan.seed, 4, self.plan.number, seed])
        torso_px = np.linalg.norm(xy[:, 5:7].mean(1) - xy[:, 11:13].mean(1), axis=1).max()
        xy = xy + jitter * torso_px * rng.standard_normal(xy.shape)
        out = np.zeros((len(xy), len(INDEX), 2), np.float32)
        for number, name in enumerate(COCO_KEYPOINTS):
            out[:, INDEX[name]] = xy[:, number]
        out[:, INDEX["neck"]] = xy[:, 5:7].mean(1)
        far = "right_" if self.near == "L" else "left_"
        seen = np.array([0.5 if name.startswith(far) else 1.0 for name in INDEX], np.float32)
        return [Pose(each, seen, float(t_s)) for each, t_s in zip(out, self.times_s, strict=True)]

    def truth(self) -> dict:
        """Plan and repetitions, for a JSON file."""
        return {**self.plan.as_json(), "reps": [asdict(rep) for rep in self.reps]}


def _student(plan: Plan) -> Student:
    return Student.random(np.random.default_rng([plan.seed, 5, plan.person]), AGE_YEARS)


def _filmed(
    rng: np.random.Generator, light: np.ndarray, before: np.ndarray | None, when: str
) -> np.ndarray:
    """The sensor's picture of the light: with motion blur from the last frame, and noise."""
    if before is not None:
        light = (1 - GHOST[when]) * light + GHOST[when] * before
    noise = rng.standard_normal(light.shape, np.float32) * np.float32(NOISE[when])
    return np.maximum(light + noise * np.sqrt(np.maximum(light, 0) + 0.02), 0).astype(np.float32)
