"""The published network as an ONNX file: `python -m models.published --out published.onnx`.

Lightweight OpenPose (Osokin 2018), width 1.0, one refinement stage, 368². Its weights are random:
they do not affect its cost, but find nobody, so that its decoding is cheap and a comparison of
whole frames favours it. Use an ONNX file with trained weights if you have one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from edge_app.files import whole_file
from export.to_onnx import export

from .command import tool
from .ladder import PUBLISHED_SIZE, Published


@tool("published")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.published", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=PUBLISHED_SIZE)
    args = parser.parse_args(argv)
    torch.manual_seed(0)
    said = {"weights": "random", "network": "Lightweight OpenPose as published"}
    model = export(Published().eval(), (args.size, args.size), said)
    with whole_file(args.out) as part:
        part.write_bytes(model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
