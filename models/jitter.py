"""Measures the jitter of still people: `python -m models.jitter MODEL.onnx … --data DIR`.

Labelled stills go through the device's own estimator like camera pictures: 30 per second, each with
fresh sensor noise, a tripod tremor below a pixel, and JPEG. Jitter is the standard deviation of
each found keypoint's position, the root of both axes' mean variance, in pixels of a 256² view of
the body (so that sizes of people and inputs do not matter): the median and the 95th percentile over
keypoints. `raw` is without the One Euro filter.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.pipeline.run import track
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.person import MARGIN
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.values import Frame, Pose

from .command import at_least, tool
from .datasets import Source, load_source, read_picture

VIEW_PX = 256  # side of the view that is the unit of jitter
LARGEST_PX = 640  # pictures are shrunk to a camera's size
NOISE = 4.0  # grey levels, standard deviation, in a gym's light
TREMBLE_PX = 0.3  # standard deviation of the camera's position
JPEG_QUALITY = 85
FPS = 30.0


def shots(image: np.ndarray, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The same scene, photographed `count` times."""
    scale = min(1.0, LARGEST_PX / max(image.shape[:2]))
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    still = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    pictures = []
    for _ in range(count):
        dx, dy = rng.normal(0, TREMBLE_PX, 2)
        moved = cv2.warpAffine(
            still, np.array([[1, 0, dx], [0, 1, dy]]), size, borderMode=cv2.BORDER_REPLICATE
        )
        noisy = moved + rng.normal(0, NOISE, moved.shape)
        coded = cv2.imencode(
            ".jpg", noisy.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        )[1]
        pictures.append(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)))
    return pictures


def watch(backend: Backend, pictures: list[np.ndarray], smoothed: bool) -> list[Pose]:
    """The device's poses, with or without the One Euro filter."""
    estimate = PoseEstimator(backend)
    if not smoothed:
        estimate.smooth = lambda pose, body_px: pose
    return track((Frame(p, i / FPS, i) for i, p in enumerate(pictures)), estimate)


def jitter_px(poses: list[Pose]) -> np.ndarray:
    """Standard deviation of each keypoint found in all pictures, in pixels of the view."""
    xy, found = np.stack([p.xy for p in poses]), np.stack([p.score for p in poses]).min(0) > 0
    if not found.any():
        return np.zeros(0)
    body = np.ptp(np.median(xy, 0)[found], axis=0).max()
    scale = VIEW_PX / max(MARGIN * float(body), 1.0)
    return np.sqrt(xy.var(0).mean(1))[found] * scale


@tool("jitter")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.jitter", description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help=".onnx networks")
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--stills", type=int, default=40, help="number of people")
    parser.add_argument(
        "--shots",
        type=int,
        default=20,
        help="pictures of each; the first quarter lets the filter settle",
    )
    parser.add_argument(
        "--threads", type=int, default=0, help="CPU threads of the network (0: one per core)"
    )
    args = parser.parse_args(argv)
    at_least(1, stills=args.stills)
    at_least(2, shots=args.shots)
    print("| network | raw, median | raw, 95 % | smoothed, median | smoothed, 95 % | keypoints |")
    print("|---|---|---|---|---|---|")
    samples = load_source(args.data, Source("exercise_frames"), "val")
    samples = samples[:: max(1, len(samples) // args.stills)][: args.stills]
    for path in args.models:
        backend = open_backend(path, args.threads)
        cells = []
        for smoothed in (False, True):
            rng = np.random.default_rng(0)
            scenes = (shots(read_picture(s.image), args.shots, rng) for s in samples)
            watched = [watch(backend, s, smoothed) for s in tqdm(scenes, leave=False)]
            values = np.concatenate([jitter_px(p[args.shots // 4 :]) for p in watched])
            if not len(values):
                raise InputError(f"{path} finds nobody in the pictures")
            cells += [f"{v:.2f}" for v in np.percentile(values, [50, 95])]
        print(f"| {path.stem} | {' | '.join(cells)} | {len(values)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
