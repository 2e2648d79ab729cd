"""The options of the commands about the device itself; light, because every command loads them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_device_commands(commands: Any) -> None:
    """engine, bench, doctor."""
    _add_engine(commands)


def run_device_command(args: argparse.Namespace) -> int:
    """Runs one of them."""
    from edge_app.commands.engine import run_engine

    return run_engine(args)


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
