"""AP and PCK of several networks on the same labelled pictures, and the loss between them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from edge_app.runtime.onnx import OnnxBackend
from models.datasets import load_source
from models.detectors import whole_look
from models.evaluate import SETS
from models.scores import Figure, Pck, coco_scores, pck, share


@dataclass(frozen=True)
class Accuracy:
    """Accuracy of one network, with one look at the whole, upright picture, as in papers."""

    pck: dict[str, Pck]
    ap: Figure

    def plain(self) -> dict[str, list[float]]:
        """Value and 95 % interval of every figure."""
        figures = {name: p.overall() for name, p in self.pck.items()}
        figures["AP, coco_val sample"] = self.ap
        return {n: [round(v, 4) for v in (f.value, f.low, f.high)] for n, f in figures.items()}


def measure_accuracy(backend: OnnxBackend, data: Path, every: int) -> Accuracy:
    """AP and PCK of one network; `every` n-th picture of the PCK sets, all of the AP sample."""
    detect = whole_look(backend)
    found = {}
    for title, (source, of_torso) in SETS.items():
        samples = load_source(data, source, "val")[::every]
        bar = tqdm(samples, desc=f"{source.path}, {backend.path.name}", leave=False)
        found[title] = pck(detect, bar, of_torso)
    folder = data / "coco_val"
    pictures = json.loads((folder / "annotations.json").read_text())["images"]
    return Accuracy(found, coco_scores(detect, folder, tqdm(pictures, leave=False))["AP"])


def losses(reference: Accuracy, other: Accuracy) -> dict[str, Figure]:
    """Loss of PCK, with the interval of the paired difference over pictures; > 0 is worse."""
    lost = {}
    for name, wanted in reference.pck.items():
        got = other.pck[name]
        fewer = wanted.right.sum(1) - got.right.sum(1)
        lost[name] = share(fewer, wanted.labelled.sum(1))
    return lost
