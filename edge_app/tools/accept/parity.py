"""Step `parity`: every way to run a network beside ONNX Runtime in float32, on real views."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from edge_app.camera.clip import ClipSource, thin
from edge_app.camera.samples import Sample
from edge_app.errors import InputError
from edge_app.pipeline.run import run
from edge_app.pose.agreement import Agreement, agreement
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.views import Look, ViewRecorder
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import SHIPPED
from edge_app.session.lane import WatchLane
from edge_app.tools.accept.networks import REFERENCE, Way, close, ways
from edge_app.tools.accept.rig import Failed, Found, Rig

VIEWS_FPS = 2.0  # some 160 views, 160 MB of them: more would not fit beside a Nano's CUDA
WARM_UP = 5


@dataclass(frozen=True)
class Limit:
    """Lowest cosines, lowest share of keypoints within 2 % of the body, highest share lost."""

    heatmaps: float
    fields: float
    near: float
    lost: float


# What rounding alone does, with room for another order of adding up; a wrong input (channels,
# scaling, a shifted picture) or an overflow is far outside. The figures these come from are in
# docs/operate/accept.md.
LIMITS = {
    "fp32": Limit(0.9999, 0.9999, 0.98, 0.01),  # TensorRT may compute it in TF32, as exact as FP16
    "fp16": Limit(0.9999, 0.999, 0.97, 0.01),
    "bf16": Limit(0.999, 0.995, 0.90, 0.03),
    "int8": Limit(0.98, 0.95, 0.80, 0.05),  # the accuracy gate has judged the file; this, the run
}


def parity(rig: Rig, found: Found) -> str:
    """Compares all ways; fails if one is outside its limits or does not open."""
    outside = []
    for network in SHIPPED:
        there, left_out = ways(rig, network)
        rig.note(f"parity: views of {network}")
        reference = there[0].open()
        looks = views(rig.samples, reference)
        close(reference)
        rows: dict[str, Any] = {}
        found[network] = {"views": len(looks), "ways": rows, "left_out": left_out}
        for way in there:
            rig.note(f"parity: {network}, {way.name}")
            try:
                rows[way.name] = row = _compare(way, looks)
            except InputError as exc:
                rows[way.name] = row = {"objections": [str(exc)]}
            outside += [f"{network} by {way.name}: {said}" for said in row["objections"]]
            if not row["objections"]:
                rig.speeds_ms[network, way.name] = row["ms"]
    if outside:
        raise Failed("; ".join(outside))
    names = [name for name in found[network]["ways"] if name != REFERENCE]
    return f"{', '.join(names) or 'nothing else'} here: as {REFERENCE}"


def views(samples: tuple[Sample, ...], reference: Backend) -> list[Look]:
    """What the estimator shows a network in the clips, with the network's answers."""
    looks: list[Look] = []
    for sample in samples:
        recorder = ViewRecorder(reference)
        estimator = PoseEstimator(recorder)  # type: ignore[arg-type]  # the same contract
        with ClipSource(sample.path) as source:
            run(thin(iter(source), VIEWS_FPS), [WatchLane(estimator)])
        looks += recorder.looks
    return looks


def _compare(way: Way, looks: list[Look]) -> dict[str, Any]:
    """One way's agreement, speed, and what speaks against it."""
    backend = way.open()
    took: list[float] = []

    def timed(blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        begun_s = perf_counter()
        answer = backend.infer(blob)
        took.append(perf_counter() - begun_s)
        return answer

    answers = iter([(look.heatmaps, look.pafs) for look in looks])
    try:
        for _ in range(WARM_UP):
            backend.infer(looks[0].blob)
        agreed = agreement(lambda blob: next(answers), timed, (look.blob for look in looks))
    finally:
        close(backend)
    return {
        "provider": backend.provider,
        "ms": round(1e3 * median(took), 3),
        "heatmap_cosine": round(agreed.heatmap_cosine, 6),
        "paf_cosine": round(agreed.paf_cosine, 6),
        "keypoints_within_2_percent": round(agreed.keypoints, 4),
        "keypoints_lost": round(agreed.missed, 4),
        "objections": objections(agreed, LIMITS[way.precision]),
    }


def objections(agreed: Agreement, limit: Limit) -> list[str]:
    """What of an agreement is outside the limits; NaN is."""
    checks = [
        ("cosine of heatmaps", agreed.heatmap_cosine, limit.heatmaps),
        ("cosine of fields", agreed.paf_cosine, limit.fields),
        ("keypoints within 2 % of the body", agreed.keypoints, limit.near),
    ]
    told = [f"{name} {value:.4f} < {least}" for name, value, least in checks if not value >= least]
    if not agreed.missed <= limit.lost:
        told.append(f"keypoints lost {agreed.missed:.4f} > {limit.lost}")
    return told
