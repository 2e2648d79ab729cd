"""Options shared by several commands."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_app.camera.orientation import ROTATIONS_DEG, Orientation
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.runtime.providers import AUTO, PROVIDERS


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds the options for the network and its runtime."""
    parser.add_argument(
        "--model", type=Path, help="network: fast (default), accurate, or an .onnx or .engine file"
    )
    parser.add_argument(
        "--threads",
        type=_threads,
        default=0,
        help="CPU threads of the network (0: all cores; in a kiosk all but one)",
    )
    parser.add_argument(
        "--provider", choices=PROVIDERS, default=AUTO,
        help="runtime of an .onnx file: the fastest here (auto), ONNX Runtime on cpu, cuda or "
        "tensorrt, or OpenVINO on the cpu",
    )  # fmt: skip
    parser.add_argument(
        "--allow-fallback",
        action="store_true",
        help="use the CPU, with a warning, if provider or engine is not available",
    )


def add_orientation(parser: argparse.ArgumentParser) -> None:
    """Adds the options for a picture that is turned or mirrored."""
    parser.add_argument(
        "--rotate", type=int, choices=ROTATIONS_DEG, default=0, metavar="DEGREES",
        help="turn the picture clockwise by 90, 180 or 270 degrees",
    )  # fmt: skip
    parser.add_argument("--mirror", action="store_true", help="exchange left and right")


def orientation(args: argparse.Namespace) -> Orientation:
    """The orientation given by the options of `add_orientation`."""
    return Orientation(args.rotate, args.mirror)


def open_network(args: argparse.Namespace) -> Backend:
    """Opens the network given by the options of `add_model`.

    Raises:
        InputError: the network cannot be opened.
    """
    return open_backend(args.model, args.threads, args.provider, args.allow_fallback)


def _threads(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be at least 0")
    return number


def rate(text: str) -> float:
    """Frames per second, as an argparse type."""
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return number
