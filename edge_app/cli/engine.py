"""`reps engine build`: builds a TensorRT engine for this device."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import monotonic
from typing import Any

from tqdm import tqdm

from edge_app.device.engine.build import build_engine
from edge_app.device.engine.calibration import read_pictures
from edge_app.device.hardware import memory
from edge_app.errors import InputError
from edge_app.runtime.open import SHIPPED, shipped_model
from edge_app.runtime.tensorrt.sidecar import sidecar_path


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps engine`."""
    build = parser.add_subparsers(dest="action", required=True).add_parser(
        "build", help="build an engine for this device"
    )
    build.add_argument("model", type=Path, help="fast, accurate, or an .onnx file")
    build.add_argument("--out", type=Path, help="the .engine file (default: beside the model)")
    build.add_argument("--precision", choices=("auto", "fp32", "fp16", "int8"), default="auto")
    build.add_argument(
        "--allow-fallback", action="store_true", help="build FP16 if INT8 is not available"
    )
    build.add_argument(
        "--workspace",
        type=int,
        default=256,
        metavar="MiB",
        help="memory for the kernels of one layer",
    )
    build.add_argument(
        "--calibration", type=Path, metavar="FOLDER",
        help="pictures for TensorRT's own INT8 calibration (8.2 to 10), if the model has no Q/DQ",
    )  # fmt: skip
    build.add_argument(
        "--python", help="Python interpreter with TensorRT (default: search for one)"
    )


def execute(args: argparse.Namespace) -> int:
    """Builds the engine; prints its precision and the reason for it."""
    name = str(args.model)
    model = shipped_model(name) if name in SHIPPED else args.model
    out = args.out or model.with_suffix(".engine")
    if out.suffix != ".engine":
        raise InputError(f"--out must end in .engine, not {out}")
    if args.workspace < 1:
        raise InputError(f"--workspace must be at least 1 MiB, not {args.workspace}")
    calibration = read_pictures(args.calibration) if args.calibration else None
    with Progress() as progress:
        sidecar = build_engine(
            model, out, args.precision, args.allow_fallback, args.workspace,
            calibration, args.python, progress,
        )  # fmt: skip
    print(
        f"{out}: {sidecar.precision.upper()} ({sidecar.reason}), TensorRT {sidecar.tensorrt}, "
        f"{sidecar.gpu}, built in {sidecar.built_s:.0f} s"
    )
    print(f"keep {sidecar_path(out)} with it; both work on this device only")
    return 0


class Progress:
    """One line that updates: current step, elapsed time and free memory."""

    def __init__(self) -> None:
        self._bar = tqdm(bar_format="{desc}", leave=False)
        self._began_s = monotonic()
        self._doing = "starting TensorRT"

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def __call__(self, message: dict[str, Any] | None) -> None:
        """Shows the builder's message, or the elapsed time after a second without one (None)."""
        if message is not None:
            steps = f" {message['step']}/{message['steps']}" if message.get("steps") else ""
            self._doing = f"{message['phase']}{steps}"
        free = memory()
        left = f", {free.available} MiB free" if free else ""
        self._bar.set_description_str(
            f"{self._doing}: {monotonic() - self._began_s:.0f} s{left} (a Nano takes minutes)"
        )
