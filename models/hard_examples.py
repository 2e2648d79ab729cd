"""Finds the pictures that a network gets most wrong, and makes a data set of them.

python -m models.hard_examples WEIGHTS --data DATA --set rendered1 --keep 0.3 --out DATA/hard1

Each labelled person gets a close look, torso upright, as in training and as the device does once it
tracks somebody: a small person is not a hard one. The picture as a whole gets another look for
people who are none. A picture's fault is the share of the labelled and visible
keypoints that were not found within a tenth of the person's box; where everybody is labelled, each
person too many counts as so many keypoints. OUT gets the pictures with the largest faults as a COCO
set (hard links where the disk allows), faults.csv with all of them, and worst.png: the worst 48
with labels (green dots) and found joints, so that wrong labels are seen.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.decode import decode
from edge_app.pose.person import FEWEST_KEYPOINTS, Person, close_look, framing
from edge_app.pose.preprocess import preprocess
from edge_app.pose.still import one_look
from edge_app.runtime.contract import Backend
from edge_app.skeleton import COCO_KEYPOINTS, NECK, openpose_from_coco

from .command import tool
from .contact_sheet import numbered_sheet
from .datasets import Sample, Source, load_source, read_picture
from .torch_backend import open_weights

WITHIN = 0.1  # of the box's larger side
FALSE_PERSON = 6  # keypoints that a person too many counts for: what makes one
WORST = 48  # pictures on the sheet


class Judged(NamedTuple):
    """One picture and how wrong the network is about it.

    Attributes:
        source: name of its data set.
        missed, labelled: keypoints.
        extra: people found where nobody is.
    """

    sample: Sample
    source: str
    missed: int
    labelled: int
    extra: int

    @property
    def fault(self) -> float:
        """From 0, all right, to 1."""
        extra = FALSE_PERSON * self.extra
        return (self.missed + extra) / max(1, self.labelled + extra)


def visible(sample: Sample) -> np.ndarray:
    """(people, 18) bool: the labelled keypoints that are seen, not the neck, which is derived.

    Sets that do not tell hidden keypoints from seen ones have all of them.
    """
    labelled: np.ndarray = sample.present.copy()
    people = [a for a in sample.extra.get("annotations", ())
              if a.get("num_keypoints", 0) > 0 and not a.get("iscrowd")]  # fmt: skip
    for number, person in enumerate(people):
        triples = np.asarray(person["keypoints"], np.float32).reshape(17, 3)
        seen = openpose_from_coco(triples[:, :2], triples[:, 2])[1] > 1
        if seen.any():
            labelled[number] &= seen
    labelled[:, NECK] = False
    return labelled


class Seen(NamedTuple):
    """The people found in close looks at the labelled ones, and in one look at the whole."""

    closely: list[Person]
    whole: list[Person]


Look = Callable[[Sample], Seen]


def looks(backend: Backend) -> Look:
    """Looks at labelled people closely, then at the whole picture."""

    def look(sample: Sample) -> Seen:
        image = read_picture(sample.image)
        closely: list[Person] = []
        for xy, present in zip(sample.xy, sample.present):
            labelled = Person(xy, present.astype(np.float32))
            side, turn_deg = framing(labelled)
            if side > 0:
                view = close_look(labelled, side, turn_deg or 0.0, backend.input_hw)
                maps = backend.infer(preprocess(image, view, backend.input_hw))
                closely += [Person(view.to_image(p), s) for p, s in zip(*decode(*maps))]
        return Seen(closely, one_look(image, backend) if sample.everyone else [])

    return look


def judge(seen: Seen, sample: Sample, source: str) -> Judged:
    """Compares the people found in a picture with those labelled, each with one of them."""
    labelled = visible(sample)
    within = _within(sample)
    errors, near = _nearness(seen.closely, sample, labelled)
    missed = int(labelled.sum())
    while near.size and near.max() > 0:
        found, owner = np.unravel_index(int(near.argmax()), near.shape)
        missed -= int((labelled[owner] & (errors[found, owner] < within[owner])).sum())
        near[found], near[:, owner] = 0, 0
    extra = 0
    if sample.everyone and seen.whole:
        near = _nearness(seen.whole, sample, sample.present)[1]
        strangers = near.max(1, initial=0) < 1  # not one keypoint at anybody's place
        extra = sum(
            int(p.found.sum()) >= FEWEST_KEYPOINTS and not _ignored(p, sample)
            for p, strange in zip(seen.whole, strangers)
            if strange
        )
    return Judged(sample, source, missed, int(labelled.sum()), extra)


def _within(sample: Sample) -> np.ndarray:
    """(people,) how far a keypoint may be off, pixels."""
    larger: np.ndarray = np.maximum(sample.box[:, 2:].max(1, initial=0), 1)
    return WITHIN * larger


def _nearness(
    people: list[Person], sample: Sample, labelled: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Errors (found, labelled, 18) in pixels; and (found, labelled), 1 for each exact keypoint."""
    errors = np.full((len(people), *labelled.shape), np.inf)
    for number, person in enumerate(people):
        errors[number] = np.linalg.norm(person.xy - sample.xy, axis=2)
        errors[number][:, ~person.found] = np.inf
    near = np.exp(-errors / _within(sample)[:, None])
    return errors, np.where(labelled, near, 0).sum(2)


def _ignored(person: Person, sample: Sample) -> bool:
    x, y = person.centre
    return any(
        left <= x <= left + width and top <= y <= top + height
        for left, top, width, height in sample.ignore
    )


def judged(look: Look, data: Path, sources: list[Source]) -> Iterator[Judged]:
    """Every training picture of the sets that has a label."""
    for source in sources:
        for sample in tqdm(load_source(data, source, "train"), desc=source.path, leave=False):
            if sample.present.any() or source.people == "none":
                yield judge(look(sample), sample, source.path)


def write_set(chosen: list[Judged], out: Path, info: dict[str, object]) -> None:
    """Writes pictures and labels as a COCO set; numbers start anew."""
    (out / "images").mkdir(parents=True, exist_ok=True)
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number, one in enumerate(chosen):
        name = f"{one.source}-{one.sample.image.name}"
        _link(one.sample.image, out / "images" / name)
        own = dict(one.sample.extra)
        people = own.pop("annotations", [])
        images.append({**own, "id": number, "file_name": name, "split": "train"})
        for person in people:
            owner = {"id": len(annotations) + 1, "image_id": number}
            annotations.append({**person, **owner})
    categories = [{"id": 1, "name": "person", "keypoints": list(COCO_KEYPOINTS)}]
    content = {"info": info, "images": images, "annotations": annotations,
               "categories": categories}  # fmt: skip
    with whole_file(out / "annotations.json") as part:
        part.write_text(json.dumps(content, separators=(",", ":")) + "\n")


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


def write_faults(ordered: list[Judged], out: Path) -> None:
    """All pictures, the worst first."""
    with whole_file(out / "faults.csv") as part, part.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["set", "file_name", "fault", "missed", "labelled", "extra_people"])
        for one in ordered:
            writer.writerow([one.source, one.sample.image.name, f"{one.fault:.3f}", one.missed,
                             one.labelled, one.extra])  # fmt: skip


@tool("hard_examples")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.hard_examples", description=__doc__)
    parser.add_argument("weights", type=Path, help="checkpoint, run folder or .onnx network")
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument(
        "--set", action="append", required=True, help="a set's name; may be given again"
    )
    parser.add_argument("--people", choices=("one", "all"), default="all", help="who is labelled")
    parser.add_argument("--keep", type=float, default=0.3, help="share of the pictures")
    parser.add_argument("--size", type=int, default=192, help="input of a checkpoint, pixels")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    if not 0 < args.keep <= 1:
        raise InputError(f"--keep must be above 0 and at most 1, not {args.keep:g}")
    look = looks(open_weights(args.weights, args.size))
    sources = [Source(name, people=args.people) for name in args.set]
    ordered = sorted(judged(look, args.data, sources), key=lambda one: -one.fault)
    if not ordered:
        raise InputError("no picture with labels in these sets")
    chosen = ordered[: max(1, round(args.keep * len(ordered)))]
    info = {"description": "hard examples", "made_by": "models.hard_examples", "sets": args.set,
            "keep": args.keep, "pictures": len(ordered)}  # fmt: skip
    write_set(chosen, args.out, info)
    write_faults(ordered, args.out)
    tiles = [
        (one.sample, [p for found in look(one.sample) for p in found], f"{one.fault:.2f}")
        for one in ordered[:WORST]
    ]
    numbered_sheet(tiles, args.out / "worst.png")
    mean = float(np.mean([one.fault for one in ordered]))
    print(f"{len(chosen)} of {len(ordered)} pictures, fault {chosen[-1].fault:.2f} and more; "
          f"mean of all {mean:.3f}")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
