"""Compares the recipe's choices: `python -m calibration.sweep models/weights/pose-fast.onnx`.

One row per variant, compared with FP32 on views of the clips: calibrators, layers kept in float,
cross-layer equalisation, bias correction, FP16, and onnxruntime's defaults as in most guides. Fast
enough to choose by; the choice then goes through the whole gate in `calibration.build`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from edge_app.errors import InputError
from edge_app.pose.agreement import Agreement, agreement
from edge_app.runtime.onnx import OnnxBackend
from export.to_fp16 import to_fp16

from .build import add_evidence, evidence_of
from .correct import correct_bias
from .equalise import equalise
from .evidence import views_of_clips
from .expand import expand
from .make import CORRECTED_ON, load_fp32
from .pictures import load_set
from .quantise import Recipe, quantise, quantise_as_published
from .split import split_concatenations

ONLY_COPIES = ("selection",)
EARLY = (*ONLY_COPIES, "output", "early")
PLAIN = Recipe(correct_bias=False, keep_float=EARLY)
VARIANTS = {
    "min-max, all layers": replace(PLAIN, keep_float=ONLY_COPIES),
    "min-max, heads float": replace(PLAIN, keep_float=(*ONLY_COPIES, "output")),
    "min-max, heads and first layers float": PLAIN,
    "… and equalised": replace(PLAIN, equalise=True),
    "entropy": replace(PLAIN, calibrator="entropy"),
    "percentile 99.99": replace(PLAIN, calibrator="percentile", percentile=99.99),
    "percentile 99.999": replace(PLAIN, calibrator="percentile", percentile=99.999),
    "min-max, bias corrected": replace(PLAIN, correct_bias=True),
    "percentile 99.999, bias corrected": replace(
        PLAIN, calibrator="percentile", percentile=99.999, correct_bias=True
    ),
    "the default: float to a quarter and before the heads, bias corrected": Recipe(),
    "the same, INT8 before the heads": Recipe(keep_float=("quarter", "selection", "output")),
    "all layers, min-max, bias corrected": replace(
        PLAIN, keep_float=ONLY_COPIES, correct_bias=True
    ),
}


def networks(fp32: onnx.ModelProto, blobs: np.ndarray) -> Iterator[tuple[str, onnx.ModelProto]]:
    """Every variant by name; ranges are measured once per calibrator."""
    yield "FP16", to_fp16(fp32)
    yield "onnxruntime's defaults, per tensor", quantise_as_published(fp32, blobs[::8])
    fp32 = split_concatenations(fp32)
    even, _ = equalise(fp32)
    with tempfile.TemporaryDirectory() as folder:
        for name, recipe in VARIANTS.items():
            source = even if recipe.equalise else fp32
            kind = f"{recipe.calibrator}-{recipe.percentile}-{recipe.equalise}.json"
            model = quantise(source, blobs, recipe, Path(folder) / kind)
            if recipe.correct_bias:
                model = correct_bias(model, source, blobs[:: max(1, len(blobs) // CORRECTED_ON)])
            yield name, expand(model)


def row(name: str, found: Agreement) -> str:
    """One line of the table."""
    return (
        f"| {name} | {found.heatmap_cosine:.4f} | {found.paf_cosine:.4f} | {found.keypoints:.3f} "
        f"| {found.missed:.3f} |"
    )


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m calibration.sweep", description=__doc__)
    parser.add_argument("model", type=Path, help="the FP32 .onnx")
    parser.add_argument("--pictures", type=int, help="calibrate on this many pictures, not all")
    add_evidence(parser)
    args = parser.parse_args(argv)
    try:
        fp32 = load_fp32(args.model)
        reference = OnnxBackend(args.model, threads=1)
        blobs, _ = load_set(args.set, reference.input_hw)
        if args.pictures:
            blobs = blobs[:: max(1, len(blobs) // args.pictures)]
        views = views_of_clips(evidence_of(args), reference)
        print(f"{len(blobs)} calibration pictures, {len(views)} views\n")
        print("| | heatmaps, cosine | fields, cosine | keypoints within 2 % | keypoints lost |")
        print("|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            for name, model in networks(fp32, blobs):
                trial = Path(folder) / "trial.onnx"
                trial.write_bytes(model.SerializeToString())
                other = OnnxBackend(trial, threads=1, trial=True)
                print(row(name, agreement(reference.infer, other.infer, views)), flush=True)
    except InputError as exc:
        print(f"sweep: {exc}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
