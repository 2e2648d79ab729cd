"""The accuracy gate: decides whether a network may replace the FP32 one.

FP32 and the candidate see the same material: views of the clips (heatmaps, fields, keypoints),
labelled pictures (AP, PCK) and whole clips (repetitions, rejections, penalties). The last matters
most: a student does not see a cosine.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from edge_app.pose.agreement import Agreement, agreement
from edge_app.runtime.onnx import OnnxBackend

from .accuracy import Accuracy, losses, measure_accuracy
from .clips import ClipShares, compare_clips
from .evidence import Evidence


@dataclass(frozen=True)
class Thresholds:
    """Lowest and highest values for a pass."""

    heatmap_cosine: float = 0.98
    paf_cosine: float = 0.95
    keypoints_missed: float = 0.05
    pck_loss: float = 0.01
    ap_loss: float = 0.01
    same_counts: float = 0.95


@dataclass(frozen=True)
class Measured:
    """All figures of a candidate and its reference."""

    signals: Agreement
    clips: ClipShares | None = None
    accuracy: dict[str, Accuracy] = field(default_factory=dict)  # "reference", "candidate"

    def plain(self) -> dict[str, Any]:
        """For the certificate: rounded, JSON types only, without values that were not measured."""
        told: dict[str, Any] = {"signals": _rounded(asdict(self.signals))}
        if self.clips is not None:
            told["clips"] = _rounded(asdict(self.clips))
        if self.accuracy:
            told |= {name: found.plain() for name, found in self.accuracy.items()}
            lost = losses(self.accuracy["reference"], self.accuracy["candidate"])
            told["lost"] = {
                n: [round(v, 4) for v in (f.value, f.low, f.high)] for n, f in lost.items()
            }
            told["lost"]["AP, coco_val sample"] = [round(self.ap_loss(), 4)]
        return told

    def ap_loss(self) -> float:
        """Loss of AP, absolute."""
        return self.accuracy["reference"].ap.value - self.accuracy["candidate"].ap.value


def measure(
    reference: OnnxBackend,
    candidate: OnnxBackend,
    views: np.ndarray,
    evidence: Evidence,
    known: Accuracy | None = None,
) -> Measured:
    """Measures everything the gate judges; `known` is the reference's earlier accuracy."""
    signals = agreement(reference.infer, candidate.infer, views)
    clips = compare_clips(evidence.clips, reference, candidate, evidence.cache)
    if evidence.data is None:
        return Measured(signals, clips)
    known = known or measure_accuracy(reference, evidence.data, evidence.every)
    found = measure_accuracy(candidate, evidence.data, evidence.every)
    return Measured(signals, clips, {"reference": known, "candidate": found})


def objections(measured: Measured, limits: Thresholds) -> list[str]:
    """Why a candidate must not be used; empty for a pass. Unmeasured values are ignored."""
    told = []

    def at_least(name: str, value: float, limit: float) -> None:
        if not value >= limit:
            told.append(f"{name} {value:.4f} is below {limit}")

    def at_most(name: str, value: float, limit: float) -> None:
        if not value <= limit:
            told.append(f"{name} {value:.4f} is above {limit}")

    at_least("cosine of heatmaps", measured.signals.heatmap_cosine, limits.heatmap_cosine)
    at_least("cosine of fields", measured.signals.paf_cosine, limits.paf_cosine)
    at_most("share of keypoints lost", measured.signals.missed, limits.keypoints_missed)
    if measured.clips is not None:
        at_least("share of clips counted alike", measured.clips.same_counts, limits.same_counts)
    if measured.accuracy:
        reference, candidate = measured.accuracy["reference"], measured.accuracy["candidate"]
        for name, figure in losses(reference, candidate).items():
            at_most(f"loss of {name}", figure.value, limits.pck_loss)
        at_most("loss of AP", measured.ap_loss(), limits.ap_loss)
    return told


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    return round(value, 5) if isinstance(value, float) else value
