"""Packs a training run for another machine: `python -m models.pack RECIPE --data DATA --out PACK`.

The pack holds the code, the recipe, the weights to start from and the pictures (no larger than
training needs) in tar files of at most 60 MB. On a machine with Python, torch, numpy, OpenCV and
tqdm, `python train.py --minutes 9` in the pack's folder trains for that time and continues the next
time; `python train.py --unpack` unpacks the files that are there, so that they may arrive in
several batches.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import shutil
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError

from .checkpoint import averaged_weights, read_checkpoint, save_checkpoint
from .command import at_least, tool
from .datasets import load_source, read_picture
from .network import NetworkConfig
from .quick_pck import CHECKED, checked_samples
from .recipe import Recipe, read_recipe

ROOT = Path(__file__).resolve().parent.parent
CODE = ("edge_app", "models")  # packages in the pack, without weights and data


@dataclass(frozen=True)
class Limits:
    """Limits on sizes."""

    shard_mb: float = 55.0
    longest_px: int = 448  # of a picture's longer side
    quality: int = 90  # of the JPEG


def pack(recipe_path: Path, data: Path, out: Path, limits: Limits) -> list[Path]:
    """Writes the pack; returns its files.

    Raises:
        InputError: the folder is not empty, or recipe, data or weights cannot be read.
    """
    recipe = read_recipe(recipe_path)
    if recipe.start == "posenet":
        raise InputError(f"{recipe_path} starts from PoseNet: pack a run that starts from weights")
    if recipe.teacher:
        raise InputError(f"{recipe_path} has a teacher: a pack holds one network only")
    text = recipe_path.read_text().replace(f'"{recipe.start}"', '"start.pt"')
    if '"start.pt"' not in text:
        raise InputError(f"{recipe_path}: put the value of 'start' in double quotes")
    if out.exists() and any(out.iterdir()):
        raise InputError(f"{out} is not empty: give a new folder")
    state = read_checkpoint(Path(recipe.start))
    out.mkdir(parents=True, exist_ok=True)
    config = NetworkConfig(**state["config"])
    save_checkpoint(out / "start.pt", config, network=averaged_weights(state))
    shutil.copy(ROOT / "models" / "remote_training.py", out / "train.py")
    (out / "recipe.toml").write_text(text)
    files = [_write_code(out / "code.tar")]
    files += _write_shards(_entries(recipe, data, limits), out, limits)
    names = [f.name for f in files]
    (out / "pack.json").write_text(json.dumps({"files": names}, indent=1) + "\n")
    return [*files, *(out / n for n in ("start.pt", "train.py", "recipe.toml", "pack.json"))]


def _write_code(path: Path) -> Path:
    with tarfile.open(path, "w") as tar:
        for package in CODE:
            for file in sorted((ROOT / package).rglob("*.py")):
                tar.add(file, file.relative_to(ROOT).as_posix())
    return path


def _entries(recipe: Recipe, data: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of every data set; annotations last in each set."""
    for source in recipe.sources:
        samples = load_source(data, source, "train")
        samples += [s for c in CHECKED if c.path == source.path for s in checked_samples(data, c)]
        images, annotations = [], []
        for sample in tqdm(samples, desc=source.path, leave=False):
            picture = read_picture(sample.image)
            scale = min(1.0, limits.longest_px / max(picture.shape[:2]))
            name = f"{source.path}/images/{sample.image.stem}.jpg"
            yield name, _jpeg(picture, scale, limits.quality)
            if sample.extra:
                extra = dict(sample.extra)
                annotations += [_scaled(a, scale) for a in extra.pop("annotations")]
                images.append({**extra, "file_name": f"{sample.image.stem}.jpg"})
        if images:
            original = json.loads((data / source.path / "annotations.json").read_text())
            content = {
                "images": images, "annotations": annotations, "categories": original["categories"],
            }  # fmt: skip
            text = json.dumps(content, separators=(",", ":"))
            yield f"{source.path}/annotations.json", text.encode()


def _jpeg(picture: np.ndarray, scale: float, quality: int) -> bytes:
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _scaled(annotation: dict, scale: float) -> dict:
    """The fields that training reads, in the smaller picture's pixels."""
    kept = {k: annotation[k] for k in ("id", "image_id", "num_keypoints", "iscrowd",
                                       "unsure_joints") if k in annotation}  # fmt: skip
    points = np.array(annotation.get("keypoints", [0] * 51), float).reshape(-1, 3)
    points[:, :2] *= scale
    kept["keypoints"] = [round(float(v), 1) for v in points.ravel()]
    kept["bbox"] = [round(float(v) * scale, 1) for v in annotation["bbox"]]
    return kept


def _write_shards(entries: Iterator[tuple[str, bytes]], out: Path, limits: Limits) -> list[Path]:
    """Tar files one after another, each no larger than the limit."""
    paths: list[Path] = []
    waiting = next(entries, None)
    while waiting is not None:
        paths.append(out / f"shard_{len(paths):02d}.tar")
        room = limits.shard_mb * 1e6 - tarfile.RECORDSIZE
        with tarfile.open(paths[-1], "w") as tar:
            while waiting is not None:
                name, content = waiting
                info = tarfile.TarInfo(name)
                info.size = len(content)
                room -= tarfile.BLOCKSIZE * (1 + math.ceil(len(content) / tarfile.BLOCKSIZE))
                if room < 0 and tar.getmembers():
                    break
                tar.addfile(info, io.BytesIO(content))
                waiting = next(entries, None)
    return paths


@tool("pack")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.pack", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--out", type=Path, required=True, help="new folder for the pack")
    parser.add_argument("--shard-mb", type=float, default=Limits.shard_mb)
    parser.add_argument("--longest-px", type=int, default=Limits.longest_px)
    args = parser.parse_args(argv)
    at_least(1, longest_px=args.longest_px)
    limits = Limits(args.shard_mb, args.longest_px)
    for path in pack(args.recipe, args.data, args.out, limits):
        print(f"{path.stat().st_size / 1e6:8.1f} MB  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
