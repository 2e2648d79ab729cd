"""Options that several commands share; light, because every command loads them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_app.runtime.providers import PROVIDERS

if TYPE_CHECKING:
    from edge_app.runtime.contract import Backend


def add_device_commands(commands: Any) -> None:
    """calibrate, engine, bench, station, doctor."""
    _add_calibrate(commands)
    _add_engine(commands)
    _add_bench(commands)
    _add_station(commands)
    doctor = commands.add_parser("doctor", help="is this device fit, and if not, what to do")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    add_model(doctor)


def _add_calibrate(commands: Any) -> None:
    calibrate = commands.add_parser("calibrate", help="pictures for INT8 from your own gym")
    steps = calibrate.add_subparsers(dest="step", required=True)
    collect = steps.add_parser("collect", help="take pictures, faces blurred, that cover the room")
    collect.add_argument("--camera", required=True, help="a video file, or an address as of kiosk")
    collect.add_argument("--frames", type=int, default=300, help="pictures to keep")
    collect.add_argument("--out", type=Path, required=True, help="a new folder")
    add_model(collect)


def _add_engine(commands: Any) -> None:
    engine = commands.add_parser("engine", help="TensorRT engines")
    build = engine.add_subparsers(dest="action", required=True).add_parser(
        "build", help="build an engine for this very device"
    )
    build.add_argument("model", type=Path, help="fast, accurate, or an .onnx file")
    build.add_argument("--out", type=Path, help="the .engine file; left out: beside the model")
    build.add_argument("--precision", choices=("auto", "fp32", "fp16", "int8"), default="auto")
    build.add_argument(
        "--allow-fallback", action="store_true", help="FP16 where INT8 cannot be had, and say so"
    )
    build.add_argument(
        "--workspace", type=int, default=256, metavar="MiB", help="memory for one layer's kernels"
    )
    build.add_argument(
        "--calibration", type=Path, metavar="FOLDER",
        help="pictures for TensorRT's own INT8 calibration (8.2 to 10), if the model has no Q/DQ",
    )  # fmt: skip
    build.add_argument("--python", help="the interpreter that has TensorRT; left out: looked for")


def _add_bench(commands: Any) -> None:
    bench = commands.add_parser("bench", help="measure where a frame's time goes")
    bench.add_argument("clips", type=Path, nargs="+", help="video files")
    bench.add_argument("--exercise", default="squat", help="what is counted meanwhile")
    bench.add_argument("--frames", type=int, default=300, help="of each clip, at most")
    bench.add_argument(
        "--live", action="store_true", help="at the clip's own rate; late frames are dropped"
    )
    bench.add_argument(
        "--compare", action="store_true",
        help="beside the published network at 368² and, where it is installed, MediaPipe Pose",
    )  # fmt: skip
    bench.add_argument("--published", type=Path, help="the published network, if torch is not here")
    bench.add_argument("--json", type=Path, help="write everything here")
    bench.add_argument("--markdown", type=Path, help="write the tables here")
    bench.add_argument("--quiet", action="store_true", help="no progress bar")
    add_model(bench)


def _add_station(commands: Any) -> None:
    station = commands.add_parser("station", help="the file that sets a station")
    actions = station.add_subparsers(dest="action", required=True)
    for name, said in (
        ("check", "is the file right?"),
        ("apply", "set this device by it, as root"),
    ):
        action = actions.add_parser(name, help=said)
        action.add_argument("file", type=Path, help="edge-reps.toml")
        action.add_argument("--root", type=Path, default=Path("/"), help="of another system")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Which network, and what runs it."""
    parser.add_argument(
        "--model", type=Path, help="fast (if left out), accurate, or an .onnx or .engine file"
    )
    parser.add_argument(
        "--threads",
        type=_threads,
        default=0,
        help="of the network; 0: all cores, in a kiosk all but one",
    )
    parser.add_argument(
        "--provider", choices=PROVIDERS, default="cpu",
        help="what runs an .onnx file: ONNX Runtime on one of three, or OpenVINO on the processor",
    )  # fmt: skip
    parser.add_argument(
        "--allow-fallback", action="store_true", help="run on what there is, and say so"
    )


def open_network(args: argparse.Namespace) -> Backend:
    """The network that the options of `add_model` ask for.

    Raises:
        InputError: it cannot be had.
    """
    from edge_app.runtime.open import open_backend

    return open_backend(args.model, args.threads, args.provider, args.allow_fallback)


def _threads(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 for all cores, or more")
    return number
