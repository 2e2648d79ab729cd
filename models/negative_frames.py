"""Cuts people-free pictures out of the clips with nothing to count.

python -m models.negative_frames ../shared/videos --out DATA/negative_frames

The list of pictures (models/recipes/negative_frames.csv: file, seconds, and a rectangle in pixels)
was chosen by eye. It names clips of half the makers only; the clips of the others judge the false
people. With --network, a picture in which that network finds somebody is written twice, so that
it is learnt from twice as often.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from edge_app.camera.decoder import Decoder
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.person import FEWEST_KEYPOINTS
from edge_app.pose.still import find_people
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend

from .command import tool

LIST = Path(__file__).parent / "recipes" / "negative_frames.csv"
QUALITY = 92  # of the JPEG files
SAME_S = 0.02  # between a listed time and that of the frame


class Cut(NamedTuple):
    """A rectangle of one frame, pixels."""

    file: str
    t_s: float
    left: int
    top: int
    width: int
    height: int


def training_makers(makers: set[str]) -> set[str]:
    """The half of the makers whose negative clips may be trained on: the lower SHA-256 of a name.

    Of an odd number, the half that is larger by one.
    """
    ordered = sorted(makers, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return set(ordered[: (len(ordered) + 1) // 2])


def read_cuts(path: Path, videos: Path) -> list[Cut]:
    """The listed cuts, all of them from negative clips of the makers spent on training.

    Raises:
        InputError: a file cannot be read, or a cut is of another clip.
    """
    try:
        with (videos / "manifest.csv").open(newline="") as file:
            clips = [row for row in csv.DictReader(file) if row["exercise"] == "negative"]
        with path.open(newline="") as file:
            cuts = [
                Cut(row["file"], float(row["t_s"]),
                    *(int(row[key]) for key in ("left", "top", "width", "height")))
                for row in csv.DictReader(file)
            ]  # fmt: skip
    except (KeyError, ValueError, TypeError) as exc:
        raise InputError(f"{path} or {videos / 'manifest.csv'} lacks a column: {exc}") from exc
    spent = training_makers({row["repo"] for row in clips})
    allowed = {row["file"] for row in clips if row["repo"] in spent}
    for cut in cuts:
        if cut.file not in allowed:
            raise InputError(f"{path}: {cut.file} is no negative clip of a maker for training")
    return cuts


def frames_of(path: Path, times_s: list[float]) -> dict[float, np.ndarray]:
    """The frames of a clip at these times.

    Raises:
        InputError: the clip cannot be read, or has no frame at one of them.
    """
    found: dict[float, np.ndarray] = {}
    with closing(Decoder(path)) as pictures:
        for picture in pictures:
            for t_s in times_s:
                if t_s not in found and abs(picture.t_s - t_s) < SAME_S:
                    found[t_s] = picture.image.copy()
            if len(found) == len(set(times_s)):
                return found
    missing = sorted(set(times_s) - set(found))
    raise InputError(f"{path} has no frame at {missing[0]} s")


def write_set(cuts: list[Cut], videos: Path, out: Path, backend: Backend | None) -> tuple[int, int]:
    """Writes the pictures into `out`/images: how many, and in how many somebody is found."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    mistaken = 0
    for file in dict.fromkeys(cut.file for cut in cuts):
        own = [cut for cut in cuts if cut.file == file]
        frames = frames_of(videos / file, [cut.t_s for cut in own])
        for number, cut in enumerate(own):
            part = frames[cut.t_s][cut.top :, cut.left :][: cut.height, : cut.width]
            if part.shape[:2] != (cut.height, cut.width):
                raise InputError(f"{file} at {cut.t_s} s: the rectangle reaches beyond the picture")
            name = f"{Path(file).stem}-{cut.t_s:07.2f}-{number}"
            _write(out / "images" / f"{name}.jpg", part)
            if backend is not None and finds_somebody(part, backend):
                mistaken += 1
                _write(out / "images" / f"{name}-again.jpg", part)
    return len(cuts), mistaken


def finds_somebody(image: np.ndarray, backend: Backend) -> bool:
    """Whether the device would see a person in a still picture."""
    people = find_people(np.ascontiguousarray(image), backend)
    return any(int(person.found.sum()) >= FEWEST_KEYPOINTS for person in people)


def _write(path: Path, image: np.ndarray) -> None:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise InputError(f"cannot encode {path}")
    with whole_file(path) as part:
        part.write_bytes(data.tobytes())


@tool("negative_frames")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.negative_frames", description=__doc__)
    parser.add_argument("videos", type=Path, help="folder with manifest.csv and the clips")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--list", type=Path, default=LIST)
    parser.add_argument("--network", type=Path, help="an .onnx network, whose mistakes count twice")
    args = parser.parse_args(argv)
    cuts = read_cuts(args.list, args.videos)
    backend = open_backend(args.network, 1, "cpu") if args.network else None
    written, mistaken = write_set(cuts, args.videos, args.out, backend)
    print(f"{written} pictures, {mistaken} of them with a person where there is none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
