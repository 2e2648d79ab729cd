"""AP, PCK and false people of several networks on the same pictures, and the loss between them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from edge_app.runtime.contract import Backend
from models.datasets import Source, load_source
from models.detectors import whole_look
from models.evaluate import SETS
from models.scores import Figure, Pck, coco_scores, found_people, pck, share


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of one network, with one look at the whole, upright picture, as in papers."""

    pck: dict[str, Pck]
    ap: Figure
    false_people: np.ndarray  # in each picture without any

    def plain(self) -> dict[str, list[float]]:
        """Value and 95 % interval of every figure."""
        figures = {name: p.overall() for name, p in self.pck.items()}
        figures["AP, coco_val sample"] = self.ap
        if len(self.false_people):
            figures["false people a picture"] = _mean(self.false_people)
        return {n: [round(v, 4) for v in (f.value, f.low, f.high)] for n, f in figures.items()}


def measure_accuracy(backend: Backend, data: Path, every: int) -> Accuracy:
    """Accuracy of one network; `every` n-th picture of the PCK sets, all of the others."""
    detect = whole_look(backend)
    found = {}
    for title, (source, of_torso) in SETS.items():
        samples = load_source(data, source, "val")[::every]
        bar = tqdm(samples, desc=f"{source.path}, {backend.path.name}", leave=False)
        found[title] = pck(detect, bar, of_torso)
    folder = data / "coco_val"
    pictures = json.loads((folder / "annotations.json").read_text())["images"]
    ap = coco_scores(detect, folder, tqdm(pictures, leave=False))["AP"]
    empty = load_source(data, Source("negatives", people="none"), "val")
    return Accuracy(found, ap, found_people(detect, tqdm(empty, leave=False)))


def losses(reference: Accuracy, other: Accuracy) -> dict[str, Figure]:
    """Loss in every figure, with the interval of the paired difference; > 0 is worse.

    The interval of AP is as wide as AP's own: it is not paired.
    """
    lost = {}
    for name, wanted in reference.pck.items():
        got = other.pck[name]
        fewer = wanted.right.sum(1).astype(float) - got.right.sum(1)
        lost[name] = share(fewer, wanted.labelled.sum(1))
    less, ap = reference.ap.value - other.ap.value, reference.ap
    spread = (ap.high - ap.low) / 2
    lost["AP, coco_val sample"] = Figure(less, less - spread, less + spread, ap.pictures)
    if len(reference.false_people):
        lost["false people a picture"] = _mean(other.false_people - reference.false_people)
    return lost


def _mean(values: np.ndarray) -> Figure:
    return share(values, np.ones(len(values)))
