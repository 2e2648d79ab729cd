"""Counts clips from changed pictures and with the network in other number formats: slow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Iterator

import numpy as np

from edge_app.camera.clip import ClipSource, thin
from edge_app.errors import InputError
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import track
from edge_app.runtime.auto import int8_beside
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend
from edge_app.tools.evaluation import Outcome, reps_of
from edge_app.tools.manifest import Clip
from edge_app.tools.robustness.rows import Row, Rows
from edge_app.tools.robustness.study import Changed, counted_once, counter_digest, random_of
from edge_app.values import Frame

AS_SHOWN = "pictures as they are, FP32"
PictureChange = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Way:
    """One way to get poses: a change of the pictures, and a network in one number format."""

    name: str
    backend: Backend
    change: PictureChange | None = None


def sensor_noise(levels: float, image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Normal noise with this standard deviation in grey levels, apart for each pixel and colour."""
    noise = random.standard_normal(image.shape, np.float32) * levels
    changed: np.ndarray = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
    return changed


def mirror(image: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Left and right exchanged."""
    return np.ascontiguousarray(image[:, ::-1])


def open_ways(path: Path, threads: int) -> tuple[list[Way], list[str]]:
    """The ways this machine has, FP32 on unchanged pictures first, and why others are missing.

    OpenVINO runs all formats where it is installed, so that only the format differs; else ONNX
    Runtime.

    Raises:
        InputError: not an .onnx file, or it cannot be opened.
    """
    if path.suffix != ".onnx":
        raise InputError(f"--pictures compares number formats: give an .onnx file, not {path.name}")
    missing = []
    in_format: Callable[[Path, str], Backend]
    try:
        from edge_app.runtime.openvino import OpenVinoBackend, has_bf16

        bf16 = has_bf16()
        in_format = partial(_openvino, OpenVinoBackend, threads)
    except InputError as exc:
        bf16, missing = False, [str(exc)]
        in_format = partial(_onnx, threads)
    plain = in_format(path, "f32")
    ways = [
        Way(AS_SHOWN, plain),
        Way("sensor noise of 1 grey level", plain, partial(sensor_noise, 1.0)),
        Way("sensor noise of 3 grey levels", plain, partial(sensor_noise, 3.0)),
        Way("mirrored picture", plain, mirror),
    ]
    if bf16:
        ways.append(Way("bfloat16", in_format(path, "bf16")))
    else:
        missing.append("bfloat16: this processor or runtime does not compute in it.")
    int8 = int8_beside(path)
    if not int8.is_file():
        return ways, [*missing, f"INT8: there is no {int8.name}."]
    try:
        ways.append(Way("INT8", in_format(int8, "")))
    except InputError as exc:
        missing.append(f"INT8: {exc}.")
    return ways, missing


def count_from_pictures(
    clip: Clip, exercise: str, ways: list[Way], max_fps: float, rows: Rows
) -> list[Changed]:
    """Counts one clip in every way.

    Args:
        clip: with the true count.
        exercise: to count it as.
        ways: the first is the one that the others are compared with.
        max_fps: frames above this rate are dropped.
        rows: counts made before; gets those made now.

    Raises:
        InputError: the clip cannot be read.
    """
    found: list[Changed] = []
    for way in ways:
        model = hashlib.sha256(way.backend.path.read_bytes()).hexdigest()[:16]
        made_by = f"{counter_digest()} {model} {way.backend.provider} {max_fps:g} {exercise}"
        row = Row(made_by, clip.path.name, way.name, 0, 0)
        count = partial(_count, clip, exercise, way, max_fps)
        outcome: Outcome = counted_once(row, clip, rows, count)
        found.append(Changed(way.name, found[0].before if found else outcome, outcome))
    return found


def _count(clip: Clip, exercise: str, way: Way, max_fps: float) -> int:
    estimator = rules_of(exercise).estimator(way.backend)
    random = random_of(clip, way.name, 0)

    def changed(frames: Iterator[Frame]) -> Iterator[Frame]:
        for frame in frames:
            image = way.change(frame.image, random) if way.change else frame.image
            yield Frame(image, frame.t_s, frame.index)

    with ClipSource(clip.path) as source:
        poses = track(changed(thin(iter(source), max_fps)), estimator)
    return sum(rep.value for rep in reps_of(exercise, poses) if rep.counted)


def _openvino(
    kind: Callable[[Path, int, str], Backend], threads: int, path: Path, precision: str
) -> Backend:
    return kind(path, threads, precision)


def _onnx(threads: int, path: Path, precision: str) -> Backend:
    return OnnxBackend(path, threads)
