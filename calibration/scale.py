"""For scale: what a change that nobody would refuse does to the counts of the real clips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.openvino import OpenVinoBackend, has_bf16
from edge_app.values import Frame

from .clips import Counted, count_clips, count_losses, same_counts
from .evidence import Evidence
from .gate import Measured

NOISE = 1.0  # grey levels, standard deviation


def for_scale(source: Path, wanted: Measured, evidence: Evidence) -> dict[str, Any]:
    """FP32 under a sensor's noise of one grey level, and in bfloat16 where the CPU has it."""
    if wanted.counted is None:
        return {}
    noise = np.random.default_rng(0)

    def noisy(frame: Frame) -> Frame:
        grain = noise.normal(0, NOISE, frame.image.shape)
        image = np.clip(np.round(frame.image + grain), 0, 255).astype(np.uint8)
        return replace(frame, image=image)

    told = {}
    counted = count_clips(evidence.clips, OnnxBackend(source, threads=1), None, noisy)
    told["FP32, noise of one grey level"] = _plain(wanted.counted, counted)
    if not has_bf16():
        return told
    rounded = OpenVinoBackend(source, threads=1, precision="bf16")
    counted = count_clips(evidence.clips, rounded, evidence.cache)
    told["FP32 weights in bfloat16"] = _plain(wanted.counted, counted)
    return told


def _plain(wanted: list[Counted], found: list[Counted]) -> dict[str, Any]:
    lost = count_losses(wanted, found)
    plain: dict[str, Any] = {"same counts": round(same_counts(wanted, found), 4)}
    plain |= {n: [round(v, 4) for v in (f.value, f.low, f.high)] for n, f in lost.items()}
    return plain
