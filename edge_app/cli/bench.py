"""`reps bench`: the time of each stage of a frame, alone or compared with others."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from edge_app.cli.options import add_model, open_network
from edge_app.device.hardware import rss_mib
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pipeline.build import Rules, rules_of
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.sinks.terminal import Progress
from edge_app.tools.accept.report import read_report
from edge_app.tools.bench.against import side_by_side
from edge_app.tools.bench.contenders import Contender, MediaPipeWay, OurWay, find_published
from edge_app.tools.bench.cost import floors, read_layers
from edge_app.tools.bench.loop import measure_loop
from edge_app.tools.bench.measure import measure
from edge_app.tools.bench.report import (
    compare,
    describe_board,
    gpu_memory,
    markdown,
    result_of,
    versions,
)

PUBLISHED = "Lightweight OpenPose as published"  # written by models.published into its file


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps bench`."""
    parser.add_argument("clips", type=Path, nargs="*", help="video files")
    parser.add_argument("--exercise", default="squat", help="exercise to count during the run")
    parser.add_argument("--frames", type=int, default=300, help="most frames of each clip")
    parser.add_argument(
        "--live", action="store_true", help="run at the clip's own rate and drop late frames"
    )
    parser.add_argument(
        "--compare", action="store_true",
        help="compare with the published network at 368² and, if installed, MediaPipe Pose",
    )  # fmt: skip
    parser.add_argument(
        "--published", type=Path, help="file of the published network, if torch is not installed"
    )
    parser.add_argument(
        "--against", type=Path, nargs=2, metavar="FILE",
        help="measure nothing: print two files of reps accept side by side",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Measures, prints the tables and writes the requested files."""
    if args.against:
        return _print_against(args)
    if not args.clips:
        raise InputError("nothing to measure: give a clip, or --against with two files")
    if args.frames < 1:
        raise InputError(f"--frames must be at least 1, not {args.frames}")
    rules = rules_of(args.exercise)
    backend = open_network(args)
    ours = OurWay("Edge Reps", backend, rules, draw=True)
    others, missing = _others(args, rules) if args.compare else ([], [])
    contenders: list[Contender] = [ours, *others]
    network = _onnx_of(backend)
    board = describe_board()
    with Progress(None, "frame", args.quiet) as bar:
        samples = measure(contenders, args.clips, args.frames, args.live, bar.step)
    if not samples.frames:
        raise InputError("the clips are too short to measure: give longer ones")
    loop = None if args.live else measure_loop(backend, rules, args.clips, args.frames)
    layers = read_layers(network)
    report: dict[str, Any] = {
        "command": " ".join(["reps", *sys.argv[1:]]),
        "board": board,
        "board_after": describe_board(),
        "versions": versions(),
        "clips": [c.name for c in args.clips],
        "frames": samples.frames,
        "dropped": samples.dropped if args.live else "none (files are not live)",
        "rss_mib": rss_mib(),
        "gpu_memory": gpu_memory(backend),
        "results": [result_of(c, samples) for c in contenders],
        "loop": loop.figures() if loop else None,
        "compare": compare(ours, others, samples),
        "missing": missing,
        "network": {
            "gmacs": sum(n.multiply_adds for n in layers) / 1e9,
            "weights_m": sum(n.weights for n in layers) / 1e6,
        },
    }
    computed = floors(layers)
    report["computed_not_measured"] = [dataclasses.asdict(f) for f in computed]
    text = markdown(report, computed)
    print(text)
    for line in missing:
        print(f"left out: {line}")
    for path, content in ((args.json, json.dumps(report, indent=1) + "\n"), (args.markdown, text)):
        if path:
            with whole_file(path) as part:
                part.write_text(content, encoding="utf-8")
    return 0


def _print_against(args: argparse.Namespace) -> int:
    if args.clips:
        raise InputError("--against takes two files and no clips")
    one, other = args.against
    print(side_by_side(read_report(one), read_report(other), (one.stem, other.stem)))
    return 0


def _others(args: argparse.Namespace, rules: Rules) -> tuple[list[Contender], list[str]]:
    """The published network and MediaPipe, and one sentence for each that is missing."""
    found: list[Contender] = []
    missing = []
    published = OnnxBackend(find_published(args.published), args.threads)
    name = published.metadata.get("network", "")
    name = PUBLISHED if name == PUBLISHED else published.path.name
    found.append(OurWay(name, published, rules, draw=True))
    try:
        found.append(MediaPipeWay())
    except InputError as exc:
        missing.append(str(exc))
    return found, missing


def _onnx_of(backend: Backend) -> Path:
    """The ONNX file whose layers are computed; for an engine, the model beside it."""
    if backend.path.suffix == ".onnx":
        return backend.path
    assert isinstance(backend, EngineBackend)
    model = backend.sidecar.model
    for path in (backend.path.with_name(model), shipped_model("fast").with_name(model)):
        if path.is_file():
            return path
    raise InputError(f"{backend.path} was built from {model}: put that file beside the engine")
