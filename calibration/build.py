"""One command from an FP32 ONNX to a signed-off INT8 ONNX:

    python -m calibration.build models/weights/pose-fast.onnx --data ../shared/data \\
        --clips ../shared/videos/manifest.csv

Quantises on the calibration set, lints the graph in both forms, measures it against FP32 and, only
if the accuracy gate passes, writes NAME-int8.onnx and its pass NAME-int8.json beside the source.
Exit code 1 means refused: then nothing is written, and every objection is printed.
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

import numpy as np
import onnx
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.backend import OnnxBackend
from edge_app.pose.signoff import FORMAT, is_quantised, sidecar_of
from export.simplify import simplify

from .clips import clips_sha256
from .correct import correct_bias
from .equalise import equalise
from .evidence import Evidence, open_evidence, views_of_clips
from .expand import expand
from .gate import Measured, Thresholds, measure, objections
from .graph import Graph, multiply_adds
from .lint import lint
from .pictures import SHIPPED, load_set
from .quantise import CALIBRATORS, Recipe, quantise

LARGEST_CHANGE = 1e-4  # of any output by cross-layer equalisation, which must change nothing
CORRECTED_ON = 32  # pictures for bias correction: it runs the network once a layer


def load_fp32(path: Path) -> onnx.ModelProto:
    """A float network, simplified.

    Raises:
        InputError: no model, or one that is quantised already.
    """
    OnnxBackend(path, threads=1)  # says in one sentence what is wrong with a file
    if is_quantised(path.read_bytes()):
        raise InputError(f"{path} is quantised already: name the FP32 network")
    return simplify(onnx.load(path))


def make_int8(
    fp32: onnx.ModelProto, blobs: np.ndarray, recipe: Recipe, about: dict[str, str]
) -> onnx.ModelProto:
    """Every step of the recipe, linted.

    Args:
        fp32: the network. blobs: the calibration pictures. recipe: the steps.
        about: metadata to write into the file.

    Raises:
        InputError: a step broke what it must not break; the sentence says what.
    """
    source = fp32
    if recipe.equalise:
        source, _ = equalise(fp32)
        change = largest_change(fp32, source, blobs[:8])
        if change > LARGEST_CHANGE:
            raise InputError(f"equalisation changed the network by {change:.2g}")
    model = quantise(source, blobs, recipe)
    if recipe.correct_bias:
        step = max(1, len(blobs) // CORRECTED_ON)
        model = correct_bias(model, source, blobs[::step])
    for key, value in {**about, "precision": "int8"}.items():
        model.metadata_props.add(key=key, value=value)
    expanded = expand(model)
    findings = lint(model, recipe.keep_float) + lint(expanded, recipe.keep_float, False)
    if findings:
        raise InputError("the graph breaks rules: " + "; ".join(findings))
    if largest_change(model, expanded, blobs[:4]) != 0:
        raise InputError("the expanded form gives other numbers than the compact one")
    return model


def largest_change(a: onnx.ModelProto, b: onnx.ModelProto, blobs: np.ndarray) -> float:
    """Largest absolute difference of any output value of two models."""
    sessions = [
        ort.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
        for m in (a, b)
    ]
    name = a.graph.input[0].name
    worst = 0.0
    for blob in blobs:
        outputs = [s.run(None, {name: blob}) for s in sessions]
        worst = max(worst, *(float(np.abs(x - y).max()) for x, y in zip(*outputs)))
    return worst


def int8_share(model: onnx.ModelProto, fp32: onnx.ModelProto) -> float:
    """Share of the multiply-adds that run in INT8."""
    costs = multiply_adds(fp32)
    graph = Graph(model)
    quantised = sum(
        costs[c.name] for c in graph.of_type("Conv") if c.input[1] not in graph.initialisers
    )
    return quantised / sum(costs.values())


def sha256(content: bytes) -> str:
    """Of a file's content."""
    return hashlib.sha256(content).hexdigest()


def serialised(model: onnx.ModelProto) -> bytes:
    """The same bytes for the same model."""
    return model.SerializeToString(deterministic=True)


def sidecar(
    source: Path, model: onnx.ModelProto, recipe: Recipe, pictures: dict[str, Any],
    evidence: Evidence, measured: Measured, refused: list[str],
) -> dict[str, Any]:  # fmt: skip
    """What is signed: which file, made from what, measured on what, and how it did."""
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
    """Where the INT8 form of a network lies."""
    return source.with_name(f"{source.stem}-int8.onnx")


def build(source: Path, recipe: Recipe, pictures: Path, evidence: Evidence) -> list[str]:
    """Builds, measures and, on a pass, writes. Returns the objections.

    Raises:
        InputError: input that is wrong, or a graph that breaks a rule.
    """
    fp32 = load_fp32(source)
    reference = OnnxBackend(source, threads=1)
    blobs, set_sha256 = load_set(pictures, reference.input_hw)
    about = {"source_sha256": sha256(source.read_bytes()), "calibration_set_sha256": set_sha256,
             "recipe": json.dumps(recipe.as_dict())}  # fmt: skip
    model = make_int8(fp32, blobs, recipe, about)
    with tempfile.TemporaryDirectory() as folder:
        # The expanded form gives the same bits, and onnxruntime's CPU kernels run it faster.
        trial = Path(folder) / f"{source.stem}-int8.onnx"
        trial.write_bytes(serialised(expand(model)))
        views = views_of_clips(evidence, reference)
        measured = measure(reference, OnnxBackend(trial, threads=1, trial=True), views, evidence)
    refused = objections(measured, Thresholds())
    told = sidecar(
        source, model, recipe, {"pictures": len(blobs), "sha256": set_sha256}, evidence, measured,
        refused,
    )  # fmt: skip
    print(json.dumps(told, indent=1))
    if not refused:
        target = int8_path(source)
        with whole_file(target) as part, whole_file(sidecar_of(target)) as pass_part:
            part.write_bytes(serialised(model))
            pass_part.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return refused


def add_evidence(parser: argparse.ArgumentParser) -> None:
    """The options that say what to measure on."""
    parser.add_argument("--set", type=Path, default=SHIPPED, help="calibration set")
    parser.add_argument("--data", type=Path, help="labelled pictures: AP and PCK are measured")
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument("--clips", type=Path, help="manifest; left out: the clips of tests/data")
    parser.add_argument("--every-clip", type=int, default=1, help="take every n-th clip")
    parser.add_argument("--tracks", type=Path, help="keeps pose tracks between runs, by network")


def evidence_of(args: argparse.Namespace) -> Evidence:
    """What `add_evidence` asked for."""
    return open_evidence(args.clips, args.data, args.every, args.every_clip, args.tracks)


def main(argv: list[str] | None = None) -> int:
    """The command line: exit code 0 for a pass, 1 for a refusal, 2 for wrong input."""
    standard = Recipe()
    parser = argparse.ArgumentParser(
        prog="python -m calibration.build", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("model", type=Path, help="the FP32 .onnx")
    parser.add_argument("--calibrator", choices=CALIBRATORS, default=standard.calibrator)
    parser.add_argument("--percentile", type=float, default=standard.percentile)
    for name, value in (("equalise", standard.equalise), ("correct-bias", standard.correct_bias)):
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=value)
    parser.add_argument(
        "--keep-float", nargs="*", default=standard.keep_float, help="rules of calibration.quantise"
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
