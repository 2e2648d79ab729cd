"""Makes labelled pictures for training a pose network: COCO keypoints, seen from any side.

python -m models.synthetic.images --count 3000 --seed 1 --out DIR
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.pose.skeleton import COCO_KEYPOINTS

PER_STUDENT = 6  # pictures of each student, each in another posture
FLOORS = 16
SAVE_EVERY = 300
# How deep below the visible skin a keypoint may lie and still count as seen, metres at 1.7 m.
SKIN_M = np.array([0.03, 0.03, 0.03, 0.05, 0.05] + [0.14] * 2 + [0.08] * 2 + [0.06] * 2
                  + [0.2] * 2 + [0.13] * 2 + [0.09] * 2)  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """The command line; bad arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.synthetic.images", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, default=320, help="longer side in pixels")
    parser.add_argument(
        "--out", type=Path, required=True, help="a new folder, or one to go on with"
    )
    parser.add_argument("--backgrounds", type=Path, help="a folder of photographs without people")
    args = parser.parse_args(argv)
    try:
        if args.count < 1 or args.seed < 0 or not 96 <= args.side <= 1280:
            raise InputError("--count must be positive, --seed 0 or more, --side from 96 to 1280.")
        write_set(args.count, args.seed, args.side, args.out, photographs(args.backgrounds))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def photographs(folder: Path | None) -> list[Path]:
    """The pictures of a folder, sorted; none without a folder."""
    if folder is None:
        return []
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not found:
        raise InputError(f"--backgrounds {folder}: there is no JPEG or PNG in it.")
    return found


def write_set(count: int, seed: int, side: int, out: Path, photos: list[Path]) -> None:
    """Writes the pictures as JPEG into images/ and, after every few hundred, annotations.json.

    A run that was cut off goes on after the last picture that is in annotations.json; each student
    has a random generator of his or her own, so the set is the same as in one run.
    """
    (out / "images").mkdir(parents=True, exist_ok=True)
    info = {"description": "synthetic students", "made_by": "models.synthetic.images",
            "seed": seed, "side": side, "photographs": len(photos)}  # fmt: skip
    truth = begun(out / "annotations.json", info)
    first = len(truth["images"]) // PER_STUDENT * PER_STUDENT
    del truth["images"][first:], truth["annotations"][first:]
    studio = Studio(seed, side, photos)
    for number in tqdm(range(first, count), initial=first, total=count, unit="image"):
        if number % PER_STUDENT == 0:
            studio.change(number // PER_STUDENT)
        image, label = studio.picture()
        name = f"{number:06d}.jpg"
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(studio.rng.integers(70, 96))]
        cv2.imwrite(str(out / "images" / name), image, quality)
        height, width = image.shape[:2]
        entry = {"id": number, "file_name": name, "width": width, "height": height}
        truth["images"].append(entry)
        owner = {"id": number, "image_id": number, "category_id": 1, "iscrowd": 0}
        truth["annotations"].append({**owner, **label})
        if (number + 1) % SAVE_EVERY == 0 or number + 1 == count:
            part = out / ".annotations.json.part"
            part.write_text(json.dumps(truth, separators=(",", ":")) + "\n")
            os.replace(part, out / "annotations.json")


def begun(path: Path, info: dict) -> dict:
    """What an earlier run left in annotations.json, or an empty set."""
    if path.exists():
        truth = json.loads(path.read_text())
        if truth.get("info") != info:
            raise InputError(f"--out {path.parent}: it holds a set made with other settings.")
        return truth
    category = {"id": 1, "name": "person", "keypoints": list(COCO_KEYPOINTS)}
    return {"info": info, "images": [], "annotations": [], "categories": [category]}


class Studio:
    """Takes pictures of one random student after another."""

    def __init__(self, seed: int, side: int, photos: list[Path]) -> None:
        from models.synthetic import scene

        self.seed, self.photos = seed, photos
        shapes = ((1.0, 1.0), (1.0, 0.75), (0.75, 1.0), (1.0, 0.5625))
        sizes = [(int(side * x) // 2 * 2, int(side * y) // 2 * 2) for x, y in shapes]
        self.stages = [scene.Stage(size, smooth=False) for size in sizes]
        self.sizes = sizes
        self.floors: dict[int, np.ndarray] = {}

    def floor(self, number: int) -> np.ndarray:
        """One of a few floors, as painting one takes longer than a picture."""
        from models.synthetic import scene

        if number not in self.floors:
            rng = np.random.default_rng([self.seed, 0, number])
            self.floors[number] = scene.random_floor(rng)
        return self.floors[number]

    def change(self, number: int) -> None:
        """Calls in the student of that number, to another room."""
        from models.synthetic import scene, student

        self.rng = np.random.default_rng([self.seed, number])
        self.student = student.Student.random(self.rng)
        chosen = int(self.rng.integers(len(self.stages)))
        self.stage, self.size = self.stages[chosen], self.sizes[chosen]
        self.stage.set_student(self.student)
        room = scene.Room.random(self.rng, self.floor(int(self.rng.integers(FLOORS))))
        self.stage.show_room(True)
        self.stage.set_room(room, np.zeros(3), np.array([-1.0, 0.0, 0.0]))

    def picture(self) -> tuple[np.ndarray, dict]:
        """One picture, BGR, and its COCO label."""
        from models.synthetic.postures import random_posture

        points, joints = self.student.show(random_posture(self.student, self.rng))
        centre = (points[0].min(0) + points[0].max(0)) / 2 * [1, 1, 0]
        points, joints = points[0] - centre, joints[0] - centre
        camera = aim(self.rng, points, self.size)
        bare = self.rng.random() < 0.35
        self.stage.show_room(not bare)
        image = self.stage.draw(points.astype(np.float32), camera)[..., ::-1]
        distances = self.stage.distances()
        if bare:
            mask = np.isfinite(distances).astype(np.float32)
            mask = cv2.GaussianBlur(mask, (0, 0), 0.6)[..., None]
            image = image * mask + self.background(image.shape) * (1 - mask)
        xy, depth = camera.project(joints)
        tall = np.ptp(self.student.figure.rest[:, 2]) / 1.7
        seen = visible(xy, depth, distances, SKIN_M * tall)
        image = np.clip(image, 0, 255).astype(np.uint8)
        if self.rng.random() < 0.15:
            seen &= ~cover_up(self.rng, image, xy)
        return spoil(self.rng, image), label(xy, seen, camera.project(points)[0], self.size)

    def background(self, shape: tuple[int, ...]) -> np.ndarray:
        """A cut-out of a photograph, or coloured clutter without one."""
        height, width = shape[:2]
        if self.photos:
            photo = cv2.imread(str(self.photos[int(self.rng.integers(len(self.photos)))]))
            if photo is not None:
                rows, columns = photo.shape[:2]
                scale = max(height / rows, width / columns) * self.rng.uniform(1, 1.6)
                photo = cv2.resize(photo, (int(columns * scale) + 2, int(rows * scale) + 2))
                top = int(self.rng.integers(photo.shape[0] - height + 1))
                left = int(self.rng.integers(photo.shape[1] - width + 1))
                return photo[top : top + height, left : left + width]
        return clutter(self.rng, height, width)


def aim(rng: np.random.Generator, points: np.ndarray, size: tuple[int, int]):
    """A camera from floor to ceiling height, facing the wall, that sees most of the points."""
    from models.synthetic.camera import Camera

    middle = (points.min(0) + points.max(0)) / 2 + rng.normal(0, 0.06, 3)
    azimuth, view = rng.uniform(-35, 35), rng.uniform(30, 65)
    rise = np.tan(np.radians(rng.choice([rng.uniform(-3, 25), rng.uniform(0, 60)])))
    fill = rng.uniform(0.4, 0.95) if rng.random() < 0.85 else rng.uniform(0.95, 1.4)
    distance = 3.0
    nearest = float(np.linalg.norm(points - middle, axis=1).max()) + 0.25
    for _ in range(6):
        distance = max(distance, nearest)
        height = max(0.1, middle[2] + distance * rise)
        camera = Camera.around(middle, azimuth, height, distance, view, size)
        share = float((np.ptp(camera.project(points)[0], axis=0) / size).max())
        distance *= np.clip(share / fill, 0.5, 2)
    return camera


def visible(
    xy: np.ndarray, depth: np.ndarray, distances: np.ndarray, skin_m: np.ndarray
) -> np.ndarray:
    """Which keypoints have nothing before them but their own flesh: (17,) bool."""
    height, width = distances.shape
    far = cv2.dilate(distances.astype(np.float32), np.ones((3, 3), np.uint8))
    column = np.clip(np.rint(xy[:, 0]).astype(int), 0, width - 1)
    row = np.clip(np.rint(xy[:, 1]).astype(int), 0, height - 1)
    return depth - far[row, column] < skin_m


def cover_up(rng: np.random.Generator, image: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Paints an object over part of the picture; which keypoints it hides: (17,) bool."""
    height, width = image.shape[:2]
    size = rng.uniform(0.1, 0.3, 2) * [width, height]
    start = xy[rng.integers(len(xy))] + rng.normal(0, 0.1, 2) * [width, height] - size / 2
    corner = tuple(int(c) for c in start), tuple(int(c) for c in start + size)
    cv2.rectangle(image, *corner, tuple(int(c) for c in rng.integers(20, 230, 3)), -1)
    return np.all((xy >= start) & (xy <= start + size), axis=1)


def label(xy: np.ndarray, seen: np.ndarray, outline: np.ndarray, size: tuple[int, int]) -> dict:
    """COCO's fields of one person; `outline` is the projected skin (V, 2)."""
    inside: np.ndarray = np.all((xy >= 0) & (xy <= np.asarray(size) - 1), axis=1)
    flags = np.where(inside, np.where(seen, 2, 1), 0)
    places = np.where(inside[:, None], xy, 0)
    low, high = np.clip(outline, 0, size).min(0), np.clip(outline, 0, size).max(0)
    cells = np.clip(outline / 4, 0, np.asarray(size) // 4).astype(int)
    mask = np.zeros((size[1] // 4 + 1, size[0] // 4 + 1), np.uint8)
    mask[cells[:, 1], cells[:, 0]] = 1
    area = 16 * cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).sum()
    triples = np.column_stack([np.round(places, 1), flags])
    return {
        "keypoints": [int(v) if i % 3 == 2 else float(v) for i, v in enumerate(triples.ravel())],
        "num_keypoints": int((flags > 0).sum()),
        "bbox": [round(float(v), 1) for v in (*low, *(high - low))],
        "area": round(float(min(area, np.prod(high - low))), 1),
    }


def clutter(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Soft blotches and hard rectangles and lines: (height, width, 3) float32."""
    coarse = muted(rng, (int(rng.integers(2, 9)), int(rng.integers(2, 9))))
    image = cv2.resize(coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    image = np.ascontiguousarray(np.clip(image, 0, 255))
    for _ in range(rng.integers(3, 22)):
        colour = tuple(float(c) for c in muted(rng, ()))
        start = (rng.random(2) * [width, height]).astype(int).tolist()
        end = (start + rng.normal(0, 0.25, 2) * [width, height]).astype(int).tolist()
        if rng.random() < 0.6:
            cv2.rectangle(image, start, end, colour, -1)
        else:
            cv2.line(image, start, end, colour, int(rng.integers(1, 9)), cv2.LINE_AA)
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 3.0))


def muted(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Colours that are mostly near grey, as in rooms: (*shape, 3) from 0 to 255."""
    grey = rng.uniform(20, 235, (*shape, 1))
    return np.clip(grey + rng.normal(0, rng.choice([6, 15, 40]), (*shape, 3)), 0, 255)


def spoil(rng: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """The faults of a cheap camera: exposure, colour, blur and noise."""
    out: np.ndarray = image.astype(np.float32)
    out = 255 * (out / 255) ** rng.uniform(0.65, 1.35) * rng.uniform(0.75, 1.2)
    out = out * (1 + rng.normal(0, 0.05, 3)) + rng.normal(0, 6)
    if rng.random() < 0.35:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.4, 1.4))
    if rng.random() < 0.6:
        out = out + rng.normal(0, rng.uniform(1, 9), out.shape)
    return np.clip(out, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
