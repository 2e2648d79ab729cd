"""Chooses the calibrator for a network: tries min-max, entropy and percentile, takes the best.

They are compared by what matters to the counter: the share of FP32's keypoints that INT8 finds
within 2 % of the body, on views of the clips. The best one still has to pass the whole gate.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from edge_app.pose.agreement import agreement
from edge_app.runtime.contract import Backend

from .make import make_int8, on_trial
from .quantise import CALIBRATORS, Recipe


def choose(
    fp32: onnx.ModelProto,
    blobs: np.ndarray,
    recipe: Recipe,
    reference: Backend,
    views: np.ndarray,
    folder: Path,
) -> Recipe:
    """The recipe with the calibrator whose keypoints agree best with FP32's.

    Args:
        fp32, blobs, recipe: as for `make_int8`.
        reference: the FP32 network.
        views: (n, 1, 3, h, w) inputs of the network to compare on.
        folder: for temporary files.
    """
    shares = {}
    for name in CALIBRATORS:
        model = make_int8(fp32, blobs, replace(recipe, calibrator=name), {})
        candidate = on_trial(model, folder / f"{name}.onnx")
        found = agreement(reference.infer, candidate.infer, views)
        shares[name] = (found.keypoints - found.missed, found.heatmap_cosine)
        print(
            f"calibrator {name}: {found.keypoints:.3f} of the keypoints within 2 %, "
            f"{found.missed:.3f} lost, heatmaps {found.heatmap_cosine:.4f}",
            file=sys.stderr,
        )
    return replace(recipe, calibrator=max(shares, key=lambda n: shares[n]))
