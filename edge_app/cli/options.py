"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.runtime.providers import PROVIDERS


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
    return open_backend(args.model, args.threads, args.provider, args.allow_fallback)


def _threads(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("0 for all cores, or more")
    return number


def rate(text: str) -> float:
    """Pictures a second, as argparse reads it."""
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("a rate above 0")
    return number
