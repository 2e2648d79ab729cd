"""Makes the clip that ships: twelve sit-ups on a mat in a bright hall, two of them faulty.

python -m models.gym.showcase --out tests/data/sit-up.mp4

The fifth is only a third of the way up, and in the ninth the hands push off the floor. Student,
hall and camera are chosen to be looked at; only tempo, wood and cloth are drawn, from a fixed seed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from models.command import tool
from models.gym import textures
from models.gym.arms import Reach, Trunk, blended, to_floor
from models.gym.body import Build
from models.gym.camera import Camera
from models.gym.clip import ClipPlan, make, parse_size
from models.gym.clothes import Outfit
from models.gym.exercises import Habit, Slips, sit_up, wrist_height
from models.gym.lens import steady
from models.gym.limbs import SIDES, closed_hand, unit
from models.gym.motion import Timeline, ease, sway
from models.gym.room import Parts, Room
from models.gym.scene import Actor, draw
from models.gym.shade import Light
from models.gym.student import Posture, Student

REPS = 12
LOW, LOW_DEPTH = 4, 0.28  # indices from 0
PUSHED = 8
SEED = 20
GAIN = 1.0
HABIT = Habit("head", width=1.0, knee_deg=88.0, lean_deg=60.0, toes_deg=10.0)
SHADOW_PX = 1024
MAT_M = (1.0, 2.0, 0.03)
TEXEL_M = 0.006  # of floor and wall
BUILD = Build(age_years=14, gender=0.15, muscle=0.5, weight=0.42, height=0.5, proportions=0.55)
OUTFIT = Outfit(
    skin=(226, 180, 148), hair=(46, 32, 26), hair_style="short",
    shirt=(238, 238, 234), trim=(24, 92, 150), pattern="plain", back_pattern="plain", sleeve=0.6,
    bottom=(34, 44, 78), bottom_trim=(235, 235, 235), bottom_pattern="plain", bottom_end=0.72,
    loose=0.012, shoes=(60, 70, 84), barefoot=False, socks=(240, 240, 240),
)  # fmt: skip
WOOD = (206, 164, 112)


def student() -> Student:
    """A boy of fourteen, white shirt and navy shorts."""
    return Student(BUILD, OUTFIT, 5, fine=True)


def hall(rng: np.random.Generator, middle: np.ndarray) -> Room:
    """Boards with court lines, a mat at `middle` (3,), and a wall with wall bars and windows."""
    parts = Parts(rng)
    low = np.array([0, 0, -MAT_M[2] + 0.004])
    floor = parts.texture(textures.texture_levels(_boards(rng)), TEXEL_M)
    parts.rectangle(low - [9, 9, 0], (18, 0, 0), (0, 18, 0), floor)
    parts.box(middle * [1, 1, 0] + low, 0.0, MAT_M, _plain(parts, rng, (38, 84, 140)))
    wall = parts.texture(textures.texture_levels(_wall()), TEXEL_M)
    for far in (-2.9, 9.0):
        way = 1 if far < 0 else -1
        parts.rectangle((far, -9 * way, 0), (0, 18 * way, 0), (0, 0, 5), wall)
    glass = _plain(parts, rng, (236, 244, 252))
    for left in np.arange(-8, 8, 2.4):
        parts.rectangle((-2.88, left, 2.1), (0, 2.0, 0), (0, 0, 1.6), glass, glow=0.6)
    towards = unit(np.array([0.75, -0.5, 1.5]))
    light = Light(towards, 0.78 * np.array([1.05, 1.0, 0.94]), 0.62 * np.array([0.97, 1.0, 1.04]))
    return Room(parts.walls(), parts.levels, parts.texel_m, light, 0.0, None)


def _plain(parts: Parts, rng: np.random.Generator, colour: textures.Colour) -> int:
    image = np.full((64, 64, 3), colour, np.float32)
    image *= 1 + 0.015 * rng.standard_normal((64, 64, 1))
    image = np.clip(image, 0, 255).astype(np.uint8)
    return parts.texture(textures.texture_levels(image), 0.02)


def _boards(rng: np.random.Generator) -> np.ndarray:
    """Narrow boards along y with a court's line: (1024, 1024, 3) uint8."""
    px, board = 1024, 16
    shade = np.repeat(rng.normal(1, 0.035, (px // board, 4)), px // 4, axis=1)
    image = np.array(WOOD) * np.repeat(shade, board, axis=0)[..., None]
    grain = cv2.resize(rng.normal(0, 1, (px, px // 64)).astype(np.float32), (px, px))
    image = image + 3 * grain[..., None]
    image[::board] *= 0.86
    image = np.ascontiguousarray(image.transpose(1, 0, 2), np.float32)
    image[:, 250:258] = (232, 232, 228)
    image[700:708] = (196, 70, 58)
    return np.clip(image, 0, 255).astype(np.uint8)


def _wall() -> np.ndarray:
    """Row 0 at the floor: a skirting, a painted part with wall bars, and white: uint8 RGB."""
    px, metre = 1024, 1 / TEXEL_M
    image = np.full((px, px, 3), (226, 226, 220), np.float32)
    image[: int(1.55 * metre)] = (148, 176, 182)
    image[: int(0.1 * metre)] = (120, 92, 66)
    left, width, high = int(0.55 * px), int(0.95 * metre), int(2.4 * metre)
    for field in range(2):
        part = image[:high, left + field * width :][:, :width]
        for row in range(int(0.16 * metre), high, int(0.14 * metre)):
            part[row : row + 6] = np.array(WOOD) * 0.9
            part[row - 2 : row] *= 0.8
        part[:, :8] = part[:, -8:] = np.array(WOOD) * 0.72
    return np.clip(image, 0, 255).astype(np.uint8)


def behind_head(trunk: Trunk, side: str) -> Reach:
    """Fingers interlocked behind the head, the elbows out and forward, as the test has it."""
    sign, head, chest = SIDES[side], trunk.turns["head"], trunk.turns["spine01"]
    size = np.linalg.norm(trunk.figure.joint("head") - trunk.figure.joint("neck01")) / 0.11
    return Reach(
        wrist=trunk.heads["head"] + head @ (np.array([sign * 0.095, 0.075, 0.05]) * size),
        elbow=chest @ np.array([sign * 1.0, -0.75, -0.2]),
        fingers=head @ np.array([-0.85 * sign, 0.45, 0.2]),
        palm=head @ np.array([-0.45 * sign, -0.85, 0.0]),
    )


def camera(points: np.ndarray, size: tuple[int, int]) -> Camera:
    """A camera on a tripod, square to the student's left side, with room for a band below the mat.

    Args:
        points: (N, 3) of the student at both ends of a repetition.
        size: width and height in pixels.
    """
    middle = (points.min(0) + points.max(0)) / 2
    target = middle * [1, 1, 0] + [0, 0, 0.35]
    return Camera.around(target, 4.0, height_m=1.0, distance_m=3.3, view_deg=25.5, size=size)


class Showcase:
    """The pictures and keypoints of the clip, in order; see `clip.Moving`."""

    def __init__(self, size: tuple[int, int], fps: float) -> None:
        self.plan = ClipPlan("sit-up", REPS, 1, SEED, size, fps, "side")
        rng = np.random.default_rng(SEED)
        self.timeline = _timeline(rng)
        self.count = round(self.timeline.duration_s * fps)
        t_s = np.arange(self.count) / fps
        depth = np.clip(self.timeline.depth_at(t_s) + sway(rng, t_s, 0.006), 0, 1)
        self.student = student()
        self.posture = _sit_up(self.student, self.timeline, t_s, depth)
        ends = [int(np.argmin(depth)), int(np.argmax(depth))]
        points = self.student.show(self.posture.part(np.array(ends)))[0]
        self.camera = camera(points.reshape(-1, 3), size)
        self.room = hall(rng, (points[0].min(0) + points[0].max(0)) / 2)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for number in range(self.count):
            points, joints = self.student.show(self.posture.part(np.array([number])))
            points[..., 2] = np.maximum(points[..., 2], 0.002)
            actor = Actor(self.student, points[0])
            light = draw([actor], self.room, self.camera, SHADOW_PX).light
            yield steady(light, GAIN), self.camera.project(joints[0])[0]


def _timeline(rng: np.random.Generator) -> Timeline:
    """Twelve repetitions at an even tempo, two of them faulty."""
    drawn = Timeline.random(rng, "sit-up", REPS)
    reps = list(drawn.reps)
    reps[LOW] = replace(reps[LOW], depth=LOW_DEPTH)
    reps[PUSHED] = replace(reps[PUSHED], fault="support")
    return replace(drawn, reps=tuple(reps))


def _sit_up(student: Student, line: Timeline, t_s: np.ndarray, depth: np.ndarray) -> Posture:
    """Fingers behind the head, and in one repetition flat hands that push the trunk up."""
    rep, stay_s = line.reps[PUSHED], line.stay_s[PUSHED]
    way_s, turned_s = rep.extreme_s - rep.start_s, rep.extreme_s + stay_s
    on = ease((t_s - rep.start_s - 0.32 * way_s) / (0.33 * way_s))  # only once the trunk is up
    off = ease((t_s - turned_s) / (0.6 * (rep.end_s - turned_s)))
    wrong, floor_m = on - off, wrist_height(student)

    def reach(trunk: Trunk, side: str) -> Reach:
        return blended(behind_head(trunk, side), to_floor(trunk, side, floor_m), wrong)

    posture = sit_up(student, depth, HABIT, Slips(reach=reach), settled=3)
    turns = dict(posture.turns)
    for side in SIDES:
        wrist = np.broadcast_to(turns[f"wrist.{side}"], (len(depth), 3, 3))
        turns |= closed_hand(student.figure, side, wrist, 12 * (1 - wrong))
    return Posture(turns, posture.root)


@tool("showcase")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="models.gym.showcase", description=__doc__)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=float, default=25)
    parser.add_argument("--crf", type=int, default=25, help="H.264 quality, lower is better")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    make(Showcase(parse_size(args.size), args.fps), args.out, args.crf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
