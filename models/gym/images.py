"""Makes labelled pictures for training a pose network: COCO keypoints in 2D and 3D.

python -m models.gym.images --count 8000 --seed 1 --out DIR
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.skeleton import COCO_KEYPOINTS
from models.command import tool
from models.datasets import Source, load_source, read_picture

PER_CLASS = 8  # pictures of each class of students
CLASS_SIZE = 4
AGES = (6.0, 60.0)
SHAPES = ((1.0, 0.75), (1.0, 0.5625), (0.75, 1.0), (0.5625, 1.0), (1.0, 1.0))


@tool("images")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.gym.images", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, default=320, help="longer side in pixels")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, required=True, help="a new folder, or one to continue")
    parser.add_argument(
        "--backgrounds", type=Path,
        help="a data set of photographs without people; its held-out quarter is not used",
    )  # fmt: skip
    args = parser.parse_args(argv)
    if args.count < 1 or args.seed < 0 or not 96 <= args.side <= 1280 or args.processes < 1:
        raise InputError(
            "--count and --processes must be at least 1, --seed at least 0, --side from 96 to 1280."
        )
    photos = photographs(args.backgrounds)
    write_set(args.count, args.seed, args.side, args.out, photos, args.processes)
    return 0


def photographs(folder: Path | None) -> list[Path]:
    """The training pictures of a data set without people; none without a folder."""
    if folder is None:
        return []
    found = load_source(folder.parent, Source(folder.name, people="none"), "train")
    if not found:
        raise InputError(f"--backgrounds {folder}: no JPEG in its images/.")
    return [sample.image for sample in found]


def write_set(
    count: int, seed: int, side: int, out: Path, photos: list[Path], processes: int
) -> None:
    """Writes the pictures as JPEG into images/ and, when all are there, annotations.json.

    Each class of students has its own random generator, so that the set does not depend on the
    number of processes, and an interrupted run continues after the classes in parts/.
    """
    info = {"description": "synthetic students", "made_by": "models.gym.images",
            "seed": seed, "side": side, "per_class": PER_CLASS,
            "photographs": [photo.name for photo in photos]}  # fmt: skip
    for folder in (out / "images", out / "parts"):
        folder.mkdir(parents=True, exist_ok=True)
    _check_same(out, info)
    classes = range(-(-count // PER_CLASS))
    jobs = [n for n in classes if not _part(out, n).exists()]
    done = (len(classes) - len(jobs)) * PER_CLASS
    setup = (seed, side, out, photos)
    with tqdm(total=count, initial=min(done, count), unit="image") as bar:
        for _ in _each(jobs, processes, setup):
            bar.update(min(PER_CLASS, count - bar.n))
    _join(count, out, info, len(classes))


def _check_same(out: Path, info: dict) -> None:
    begun = out / "parts" / "settings.json"
    if begun.exists() and json.loads(begun.read_text()) != info:
        raise InputError(f"--out {out} contains a set made with other settings.")
    with whole_file(begun) as path:
        path.write_text(json.dumps(info) + "\n")


def _part(out: Path, number: int) -> Path:
    return out / "parts" / f"{number:06d}.json"


def _each(jobs: list[int], processes: int, setup: tuple) -> Iterator[None]:
    """Works through the classes, in this process or in several."""
    if processes == 1 or len(jobs) < 2:
        one_thread()
        studio = Studio(*setup)
        for number in jobs:
            studio.take_class(number)
            yield
        return
    context = multiprocessing.get_context("spawn")  # torch's threads do not survive a fork
    with context.Pool(min(processes, len(jobs)), _open_studio, setup) as pool:
        yield from pool.imap_unordered(_take_class, jobs)


def _join(count: int, out: Path, info: dict, classes: int) -> None:
    """All parts as one COCO file."""
    truth: dict = {"info": info, "images": [], "annotations": [], "categories": [
        {"id": 1, "name": "person", "keypoints": list(COCO_KEYPOINTS)}]}  # fmt: skip
    for number in range(classes):
        for image, people in json.loads(_part(out, number).read_text()):
            if image["id"] < count:
                truth["images"].append(image)
                for person in people:
                    # From 1: COCO's evaluator reads an annotation 0 as "no match".
                    owner = {"id": len(truth["annotations"]) + 1, "image_id": image["id"]}
                    truth["annotations"].append({**owner, "category_id": 1, "iscrowd": 0, **person})
    with whole_file(out / "annotations.json") as path:
        path.write_text(json.dumps(truth, separators=(",", ":")) + "\n")


class Studio:
    """Makes pictures of one random class of students after another."""

    def __init__(self, seed: int, side: int, out: Path, photos: list[Path]) -> None:
        from models.gym.posters import Posters
        from models.gym.room import Surfaces
        from models.gym.shot import Stock

        self.seed, self.out, self.photos = seed, out, photos
        self.sizes = [(int(side * x) // 2 * 2, int(side * y) // 2 * 2) for x, y in SHAPES]
        self.stock = Stock(Surfaces(seed), Posters(seed))

    def take_class(self, number: int) -> None:
        """Writes all pictures of one class, then its part of the labels."""
        from models.gym.shot import take
        from models.gym.student import Student

        rng = np.random.default_rng([self.seed, 0, number])
        students = [Student.random(rng, AGES) for _ in range(CLASS_SIZE)]
        entries = []
        for picture in range(number * PER_CLASS, (number + 1) * PER_CLASS):
            rng = np.random.default_rng([self.seed, 2, picture])
            students = students[1:] + students[:1]
            size = self.sizes[int(rng.integers(len(self.sizes)))]
            photo = int(rng.integers(2**31))
            shot = take(rng, students, self.stock, partial(self.behind, photo), size)
            name, quality = f"{picture:06d}.jpg", int(rng.integers(45, 96))
            _write_jpeg(self.out / "images" / name, shot.image, quality)
            image = {"id": picture, "file_name": name, "width": size[0], "height": size[1],
                     "split": "train", **shot.camera}  # fmt: skip
            entries.append((image, shot.people))
        with whole_file(_part(self.out, number)) as path:
            path.write_text(json.dumps(entries, separators=(",", ":")))

    def behind(self, number: int, size: tuple[int, int]) -> np.ndarray:
        """A cut-out of a photograph, or coloured clutter without one: (height, width, 3) RGB."""
        from models.gym import room, textures

        rng = np.random.default_rng(number)
        if not self.photos:
            return textures.clutter(rng, size[1], size[0])
        photo = read_picture(self.photos[int(rng.integers(len(self.photos)))])
        return room.photo_part(rng, np.ascontiguousarray(photo[..., ::-1]), size)


_studio: list[Studio] = []  # of a worker process


def one_thread() -> None:
    """Sums shared by several threads round differently: pictures would differ by a grey level."""
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def _open_studio(*setup) -> None:
    one_thread()
    _studio.append(Studio(*setup))


def _take_class(number: int) -> None:
    _studio[0].take_class(number)


def _write_jpeg(path: Path, image: np.ndarray, quality: int) -> None:
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise InputError(f"cannot encode {path}.")
    with whole_file(path) as part:
        part.write_bytes(data.tobytes())


if __name__ == "__main__":
    sys.exit(main())
