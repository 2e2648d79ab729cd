"""Makes a clip of an exercising student, with the true times of the repetitions beside it.

python -m models.gym.clip --exercise sit-up --reps 10 --seed 7 --out sit-up.mp4
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.sinks.video.h264 import H264Writer
from models.command import tool
from models.gym.motion import Timeline, sway

EXERCISES = ("sit-up", "push-up", "squat")
CHUNK = 16  # frames posed at a time


@dataclass(frozen=True)
class ClipPlan:
    """The parameters of a clip."""

    exercise: str
    reps: int
    incomplete: int
    seed: int
    size: tuple[int, int]  # width, height
    fps: float
    view: str  # "oblique", "side" or "random"


@tool("clip")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    plan, out, crf = parse(argv)
    make(Frames(plan), out, crf)
    return 0


def parse(argv: list[str] | None) -> tuple[ClipPlan, Path, int]:
    """Reads and checks the arguments."""
    parser = argparse.ArgumentParser(prog="models.gym.clip", description=__doc__)
    parser.add_argument("--exercise", required=True, help=", ".join(EXERCISES))
    parser.add_argument("--reps", type=int, default=10)
    parser.add_argument("--incomplete", type=int, default=0, help="how many of them are incomplete")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=float, default=25)
    parser.add_argument("--view", default="oblique", help="oblique, side or random")
    parser.add_argument("--crf", type=int, default=28, help="H.264 quality, lower is better")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    _check(args)
    size = parse_size(args.size)
    plan = ClipPlan(args.exercise, args.reps, args.incomplete, args.seed, size, args.fps, args.view)
    return plan, args.out, args.crf


def _check(args: argparse.Namespace) -> None:
    if args.exercise not in EXERCISES:
        raise InputError(f"--exercise {args.exercise}: choose one of {', '.join(EXERCISES)}.")
    if args.view not in ("oblique", "side", "random"):
        raise InputError(f"--view {args.view}: choose oblique, side or random.")
    if not 1 <= args.reps <= 200:
        raise InputError(f"--reps {args.reps}: give a number from 1 to 200.")
    if not 0 <= args.incomplete <= args.reps:
        raise InputError(f"--incomplete {args.incomplete}: give a number from 0 to --reps.")
    if args.seed < 0:
        raise InputError(f"--seed {args.seed}: give 0 or a positive number.")
    if not 1 <= args.fps <= 120:
        raise InputError(f"--fps {args.fps:g}: give a number from 1 to 120.")
    if not 0 <= args.crf <= 51:
        raise InputError(f"--crf {args.crf}: give a number from 0 to 51.")
    if args.out.suffix.lower() != ".mp4":
        raise InputError(f"--out {args.out}: the name must end in .mp4.")
    if not args.out.parent.is_dir():
        raise InputError(f"--out {args.out}: the folder {args.out.parent} does not exist.")


def parse_size(text: str) -> tuple[int, int]:
    """Reads "640x360"; H.264 in yuv420p needs even sides."""
    try:
        width, height = (int(side) for side in text.lower().split("x"))
    except ValueError:
        raise InputError(f"--size {text}: write it like 640x360.") from None
    if not (64 <= width <= 1920 and 64 <= height <= 1920) or width % 2 or height % 2:
        raise InputError(f"--size {text}: both sides must be even and from 64 to 1920.")
    return width, height


class Moving(Protocol):
    """The pictures of a clip, (height, width, 3) uint8 RGB, and their keypoints (17, 2), pixels."""

    plan: ClipPlan
    timeline: Timeline
    count: int

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]: ...


def make(frames: Moving, out: Path, crf: int) -> None:
    """Writes the video and the JSON beside it; each file appears only when complete."""
    plan = frames.plan
    truth = {
        "exercise": plan.exercise,
        "fps": plan.fps,
        "frames": frames.count,
        **frames.timeline.as_json(),
        "seed": plan.seed,
        "size": list(plan.size),
        "made_by": f"models.gym, anny {version('anny')}, numba {version('numba')}",
    }
    with whole_file(out) as part, whole_file(out.with_suffix(".json")) as note:
        keypoints = write_video(frames, part, crf)
        truth["keypoint_order"] = "COCO 17, x then y, pixels"
        truth["keypoints"] = keypoints
        note.write_text(json.dumps(truth, separators=(",", ":")) + "\n")


def write_video(frames: Moving, path: Path, crf: int) -> list[list[int]]:
    """Renders and encodes all frames; returns each frame's keypoints as integer pixels."""
    fps = frames.plan.fps
    writer = H264Writer(path, fps, crf, pixels="rgb24", options={"preset": "slow", "threads": "1"})
    keypoints: list[list[int]] = []
    try:
        for image, xy in tqdm(frames, total=frames.count, unit="frame", disable=None):
            writer.add(image, len(keypoints) / fps)
            keypoints.append(np.rint(xy).astype(int).ravel().tolist())
    finally:
        writer.close()
    return keypoints


class Frames:
    """The pictures of one clip and their keypoints, in order."""

    def __init__(self, plan: ClipPlan) -> None:
        from models.gym import exercises, room, student

        self.plan = plan
        rng = np.random.default_rng(plan.seed)
        self.timeline = Timeline.random(rng, plan.exercise, plan.reps, plan.incomplete)
        self.count = round(self.timeline.duration_s * plan.fps)
        t_s = np.arange(self.count) / plan.fps
        depth = np.clip(self.timeline.depth_at(t_s) + sway(rng, t_s, 0.006), 0, 1)
        self.student = student.Student.random(rng, (10, 17))
        habit = exercises.Habit.random(rng, plan.exercise)
        self.posture = exercises.EXERCISES[plan.exercise](self.student, depth, habit)
        ends = [int(np.argmin(depth)), int(np.argmax(depth))]
        points = self.student.show(self.posture.part(np.array(ends)))[0].reshape(-1, 3)
        middle = (points.min(0) + points.max(0)) / 2
        self.camera = place_camera(rng, plan, points, middle)
        reach_m = float(np.linalg.norm(points[:, :2], axis=1).max())
        mats = [(middle[0], middle[1], 0.0)] if rng.random() < 0.75 else []
        setting = room.Setting(reach_m, self.camera, mats, clear=True)
        self.room = room.Room.random(rng, room.Surfaces(plan.seed), setting, None)
        self.gain_seed = int(rng.integers(2**31))

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        from models.gym.lens import exposure, steady
        from models.gym.scene import Actor, draw

        gain = None
        for first in range(0, self.count, CHUNK):
            chosen = np.arange(first, min(first + CHUNK, self.count))
            points, keypoints = self.student.show(self.posture.part(chosen))
            points[..., 2] = np.maximum(points[..., 2], 0.002)
            for vertices, joints in zip(points, keypoints, strict=True):
                light = draw([Actor(self.student, vertices)], self.room, self.camera).light
                if gain is None:
                    rng = np.random.default_rng(self.gain_seed)
                    gain = exposure(rng, light, self.room.dim)
                yield steady(light, gain), self.camera.project(joints)[0]


def place_camera(rng: np.random.Generator, plan: ClipPlan, points: np.ndarray, middle: np.ndarray):
    """A camera on a low tripod, from the left or right, with all points in view."""
    from models.gym.camera import Camera

    off_deg = {"side": 8, "oblique": 28, "random": 80}[plan.view]
    azimuth = rng.choice([0, 180]) + rng.uniform(0.4, 1) * off_deg * rng.choice([-1, 1])
    height, view = rng.uniform(0.5, 1.3), rng.uniform(38, 52)
    for distance in np.arange(1.2, 8, 0.1):
        camera = Camera.around(middle, azimuth, height, distance, view, plan.size)
        xy, depth = camera.project(points)
        margin = 0.06 * np.asarray(plan.size)
        inside = (xy > margin).all() and (xy < np.asarray(plan.size) - margin).all()
        if inside and depth.min() > 0.6:
            break
    return camera


if __name__ == "__main__":
    sys.exit(main())
