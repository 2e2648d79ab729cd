"""One command from an FP32 ONNX to a certified INT8 ONNX:

    python -m calibration.drawn --out SCENES
    python -m calibration.build models/weights/pose-fast.onnx --data ../shared/data \\
        --clips ../shared/videos/manifest.csv --scenes SCENES

Quantises on the calibration set, lints the graph in both forms, measures FP32 and then INT8 on each
runtime, and writes NAME-int8.onnx and its certificate NAME-int8.json beside the source if the
accuracy gate passes on one of them; the certificate names those on which it did. Exit code 1 means
that a runtime was refused, and every objection is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.certificate import ONNX_RUNTIME, OPENVINO, certificate_path
from edge_app.runtime.onnx import OnnxBackend

from .choose import choose
from .evidence import Evidence, open_evidence, views_of_clips
from .gate import LIMITS, Limit, measure
from .make import load_fp32, make_int8, on_trial, serialised
from .pictures import SHIPPED, load_set
from .quantise import CALIBRATORS, Recipe
from .scale import for_scale
from .verdict import Verdict, certificate, judge, sha256

BEST = "best"  # measured by the keypoints of `choose`
RUNTIMES = (ONNX_RUNTIME, OPENVINO)


def int8_path(source: Path) -> Path:
    """The path of a network's INT8 form."""
    return source.with_name(f"{source.stem}-int8.onnx")


def build(
    source: Path,
    recipe: Recipe,
    pictures: Path,
    evidence: Evidence,
    runtimes: tuple[str, ...] = RUNTIMES,
    scale: bool = False,
    limits: Mapping[str, Limit] = LIMITS,
) -> list[Verdict]:
    """Builds, measures and, if the gate passes on a runtime, writes. Returns all verdicts.

    Args:
        source: the FP32 network. recipe: the steps. pictures: the calibration set.
        evidence: what the gate judges by.
        runtimes: on which the INT8 network is judged.
        scale: also measure FP32 under noise and in bfloat16, for comparison.
        limits: of the gate.

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
        wanted = measure(reference, evidence)
        verdicts = []
        for runtime in runtimes:
            candidate = on_trial(model, Path(folder) / f"{runtime}.onnx", runtime)
            verdicts.append(judge(runtime, candidate, reference, wanted, views, evidence, limits))
        compared = for_scale(source, wanted, evidence) if scale else {}
    told = certificate(source, int8_path(source).name, model, recipe, verdicts, limits)
    told |= {
        "calibration_set": {"pictures": len(blobs), "sha256": set_sha256},
        "evidence": evidence.plain(), "FP32": wanted.plain(), "for scale": compared,
    }  # fmt: skip
    print(json.dumps(told, indent=1))
    if told["passed"]:
        target = int8_path(source)
        with whole_file(target) as part, whole_file(certificate_path(target)) as certificate_part:
            part.write_bytes(serialised(model))
            certificate_part.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return verdicts


def add_evidence(parser: argparse.ArgumentParser) -> None:
    """Adds the options for the evidence."""
    parser.add_argument("--set", type=Path, default=SHIPPED, help="calibration set")
    parser.add_argument("--clips", type=Path, help="manifest of real clips with known counts")
    parser.add_argument("--scenes", type=Path, help="folder of drawn scenes, by calibration.drawn")
    parser.add_argument("--data", type=Path, help="labelled pictures, to measure AP and PCK")
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument("--every-clip", type=int, default=1, help="take every n-th real clip")
    parser.add_argument(
        "--tracks", type=Path, help="folder that keeps pose tracks between runs, by network"
    )


def evidence_of(args: argparse.Namespace) -> Evidence:
    """The evidence given by the options of `add_evidence`."""
    return open_evidence(
        args.clips, args.scenes, args.data, args.every, args.every_clip, args.tracks
    )


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
    parser.add_argument("--runtime", nargs="+", choices=RUNTIMES, default=RUNTIMES)
    parser.add_argument(
        "--for-scale", action="store_true", help="also measure FP32 with noise and in bfloat16"
    )
    add_evidence(parser)
    args = parser.parse_args(argv)
    recipe = replace(
        standard, calibrator=args.calibrator, percentile=args.percentile, equalise=args.equalise,
        correct_bias=args.correct_bias, keep_float=tuple(args.keep_float),
    )  # fmt: skip
    try:
        verdicts = build(
            args.model, recipe, args.set, evidence_of(args), tuple(args.runtime), args.for_scale
        )
    except InputError as exc:
        print(f"build: {exc}", file=sys.stderr)
        return 2
    for verdict in verdicts:
        for objection in verdict.objections:
            print(f"refused on {verdict.runtime}: {objection}", file=sys.stderr)
    return int(any(verdict.objections for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
