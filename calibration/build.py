"""One command from an FP32 ONNX to a certified INT8 ONNX:

    python -m calibration.build models/weights/pose-fast.onnx --data ../shared/data \\
        --clips ../shared/videos/manifest.csv

Quantises on the calibration set, lints the graph in both forms, compares it with FP32 and, only if
the accuracy gate passes, writes NAME-int8.onnx and its certificate NAME-int8.json beside the
source. Exit code 1 means refused: nothing is written, and every objection is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import onnx
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.certificate import FORMAT, certificate_path
from edge_app.runtime.onnx import OnnxBackend

from .choose import choose
from .clips import clips_sha256
from .evidence import Evidence, open_evidence, views_of_clips
from .expand import expand
from .gate import Measured, Thresholds, measure, objections
from .graph import Graph, multiply_adds
from .make import load_fp32, make_int8, on_trial, serialised
from .pictures import SHIPPED, load_set
from .quantise import CALIBRATORS, Recipe

BEST = "best"  # measured by the keypoints of `choose`


def int8_share(model: onnx.ModelProto, fp32: onnx.ModelProto) -> float:
    """Share of the multiply-adds that run in INT8."""
    costs = multiply_adds(fp32)
    graph = Graph(model)
    quantised = sum(
        costs[c.name] for c in graph.of_type("Conv") if c.input[1] not in graph.initialisers
    )
    return quantised / sum(costs.values())


def sha256(content: bytes) -> str:
    """The hash of a file's content."""
    return hashlib.sha256(content).hexdigest()


def sidecar(
    source: Path, model: onnx.ModelProto, recipe: Recipe, pictures: dict[str, Any],
    evidence: Evidence, measured: Measured, refused: list[str],
) -> dict[str, Any]:  # fmt: skip
    """The certificate: the file, its source, the evidence and the figures."""
    content, fp32 = serialised(model), source.read_bytes()
    name = int8_path(source).name
    return {
        "format": FORMAT,
        "passed": not refused,
        "objections": refused,
        "precision": "int8",
        "files": [
            {"file": name, "sha256": sha256(content), "bytes": len(content)},
            {"file": f"{name}, expanded for TensorRT before 8.6",
             "sha256": sha256(serialised(expand(model)))},
        ],
        "source": {"file": source.name, "sha256": sha256(fp32), "bytes": len(fp32)},
        "size_ratio": round(len(content) / len(fp32), 4),
        "int8_share_of_multiply_adds": round(int8_share(model, onnx.load(source)), 4),
        "recipe": recipe.as_dict(),
        "calibration_set": pictures,
        "clips": {"count": len(evidence.clips), "sha256": clips_sha256(evidence.clips)},
        "every_nth_labelled_picture": evidence.every if evidence.data else None,
        "thresholds": asdict(Thresholds()),
        "figures": measured.plain(),
        "measured_with": f"onnxruntime {ort.__version__}, CPU, {platform.machine()}",
    }  # fmt: skip


def int8_path(source: Path) -> Path:
    """The path of a network's INT8 form."""
    return source.with_name(f"{source.stem}-int8.onnx")


def build(source: Path, recipe: Recipe, pictures: Path, evidence: Evidence) -> list[str]:
    """Builds, measures and, if the gate passes, writes. Returns the objections.

    Raises:
        InputError: invalid input, or a graph that breaks a rule.
    """
    fp32 = load_fp32(source)
    reference = OnnxBackend(source, threads=1)
    blobs, set_sha256 = load_set(pictures, reference.input_hw)
    about = {"source_sha256": sha256(source.read_bytes()), "calibration_set_sha256": set_sha256}
    views = views_of_clips(evidence, reference)
    with tempfile.TemporaryDirectory() as folder:
        if recipe.calibrator == BEST:
            recipe = choose(fp32, blobs, recipe, reference, views, Path(folder))
        about["recipe"] = json.dumps(recipe.as_dict())
        model = make_int8(fp32, blobs, recipe, about)
        candidate = on_trial(model, Path(folder) / f"{source.stem}-int8.onnx")
        measured = measure(reference, candidate, views, evidence)
    refused = objections(measured, Thresholds())
    told = sidecar(
        source, model, recipe, {"pictures": len(blobs), "sha256": set_sha256}, evidence, measured,
        refused,
    )  # fmt: skip
    print(json.dumps(told, indent=1))
    if not refused:
        target = int8_path(source)
        with whole_file(target) as part, whole_file(certificate_path(target)) as certificate_part:
            part.write_bytes(serialised(model))
            certificate_part.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return refused


def add_evidence(parser: argparse.ArgumentParser) -> None:
    """Adds the options for the evidence."""
    parser.add_argument("--set", type=Path, default=SHIPPED, help="calibration set")
    parser.add_argument("--data", type=Path, help="labelled pictures, to measure AP and PCK")
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument(
        "--clips", type=Path, help="manifest of clips (default: the clips of tests/data)"
    )
    parser.add_argument("--every-clip", type=int, default=1, help="take every n-th clip")
    parser.add_argument(
        "--tracks", type=Path, help="folder that keeps pose tracks between runs, by network"
    )


def evidence_of(args: argparse.Namespace) -> Evidence:
    """The evidence given by the options of `add_evidence`."""
    return open_evidence(args.clips, args.data, args.every, args.every_clip, args.tracks)


def main(argv: list[str] | None = None) -> int:
    """The command line: exit code 0 for a pass, 1 for a refusal, 2 for invalid input."""
    standard = Recipe()
    parser = argparse.ArgumentParser(
        prog="python -m calibration.build", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("model", type=Path, help="the FP32 .onnx")
    parser.add_argument("--calibrator", choices=(BEST, *CALIBRATORS), default=BEST)
    parser.add_argument("--percentile", type=float, default=standard.percentile)
    for name, value in (("equalise", standard.equalise), ("correct-bias", standard.correct_bias)):
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=value)
    parser.add_argument(
        "--keep-float",
        nargs="*",
        default=standard.keep_float,
        help="rules of calibration.quantise for layers to keep in float",
    )
    add_evidence(parser)
    args = parser.parse_args(argv)
    recipe = replace(
        standard, calibrator=args.calibrator, percentile=args.percentile, equalise=args.equalise,
        correct_bias=args.correct_bias, keep_float=tuple(args.keep_float),
    )  # fmt: skip
    try:
        refused = build(args.model, recipe, args.set, evidence_of(args))
    except InputError as exc:
        print(f"build: {exc}", file=sys.stderr)
        return 2
    for objection in refused:
        print(f"refused: {objection}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
