"""Measures the cost of networks: `python -m models.ladder --size 256 --out ladder.csv`.

Parameters, multiply-adds and milliseconds on this machine's CPU (onnxruntime, float32) of every
width and number of refinement stages, compared with Lightweight OpenPose as published, at 368².
Weights do not affect the cost, so they are random. Times are medians of rounds that run each
network in turn: read them as ratios, because machines are noisy.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from tqdm import tqdm

from edge_app.files import whole_file
from export.to_onnx import export

from .command import at_least, tool
from .network import (
    HEATMAPS,
    PAFS,
    Backbone,
    ContextModule,
    InitialStage,
    LightweightOpenPose,
    NetworkConfig,
    RefinementStage,
)

WIDTHS = (0.5, 0.75, 1.0)
STAGES = (0, 1, 2, 3, 4, 5)
PUBLISHED_SIZE = 368
PUBLISHED_BLOCKS = (
    (64, 1, 1), (128, 2, 1), (128, 1, 1), (256, 2, 1), (256, 1, 1), (512, 1, 1),
    (512, 1, 2), (512, 1, 1), (512, 1, 1), (512, 1, 1), (512, 1, 1),
)  # fmt: skip


class Published(nn.Module):
    """Lightweight OpenPose (Osokin 2018): no prior, ELU in the CPM block, one refinement stage."""

    def __init__(self, channels: int = 128) -> None:
        super().__init__()
        self.config = NetworkConfig(1.0, 1, channels, backbone_norm=True)
        self.backbone = Backbone(1.0, True, PUBLISHED_BLOCKS)
        self.context = ContextModule(self.backbone.channels, channels, nn.ELU)
        self.initial = InitialStage(channels, channels)
        self.refinement = RefinementStage(channels + HEATMAPS + PAFS, channels)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        context = self.context(self.backbone(image))
        return self.refinement(torch.cat([context, *self.initial(context)], 1))


@dataclass
class Rung:
    """One network and its cost."""

    name: str
    width: float
    stages: int
    size: int
    parameters_m: float
    gmacs: float
    session: ort.InferenceSession
    ms: float = 0.0


def rung(name: str, network: LightweightOpenPose | Published, size: int, threads: int) -> Rung:
    """Measures everything but time, and opens the network for timing."""
    network.eval()
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 3, size, size))
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    model = export(network, (size, size), {})
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    parameters = sum(p.numel() for p in network.parameters())
    config = network.config
    return Rung(
        name, config.width, config.refinement_stages, size,
        parameters / 1e6, counter.get_total_flops() / 2e9, session,
    )  # fmt: skip


def time_all(rungs: list[Rung], rounds: int) -> None:
    """Sets the median milliseconds of every rung; each round runs all in turn."""
    rng = np.random.default_rng(0)
    blobs = [rng.uniform(-1, 1, (1, 3, r.size, r.size)).astype(np.float32) for r in rungs]
    times: list[list[float]] = [[] for _ in rungs]
    for number in tqdm(range(rounds + 1), desc="rounds", leave=False):
        for rung_, blob, own in zip(rungs, blobs, times):
            began = perf_counter()
            rung_.session.run(None, {"image": blob})
            if number:  # the first round warms up
                own.append(1e3 * (perf_counter() - began))
    for rung_, own in zip(rungs, times):
        rung_.ms = median(own)


def table(rungs: list[Rung]) -> str:
    """A Markdown table, with times also relative to the first rung's."""
    lines = [
        "| network | input | parameters | multiply-adds | ms | ÷ published |",
        "|---" * 6 + "|",
    ]
    for r in rungs:
        share = r.ms / rungs[0].ms
        lines.append(
            f"| {r.name} | {r.size}² | {r.parameters_m:.2f} M | {r.gmacs:.2f} G "
            f"| {r.ms:.1f} | {share:.3f} |"
        )
    return "\n".join(lines)


@tool("ladder")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.ladder", description=__doc__)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--widths", type=float, nargs="+", default=list(WIDTHS))
    parser.add_argument("--stages", type=int, nargs="+", default=list(STAGES))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads (0: one per core)")
    parser.add_argument("--out", type=Path, help="write the table as CSV")
    args = parser.parse_args(argv)
    at_least(1, rounds=args.rounds)
    at_least(8, size=args.size)
    rungs = [rung("as published", Published(), PUBLISHED_SIZE, args.threads)]
    for width in args.widths:
        for stages in args.stages:
            network = LightweightOpenPose(NetworkConfig(width, stages))
            name = f"width {width:g}, {stages} refinement stages"
            rungs.append(rung(name, network, args.size, args.threads))
    time_all(rungs, args.rounds)
    print(table(rungs))
    if args.out:
        with whole_file(args.out) as part, part.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["width", "stages", "size", "parameters_m", "gmacs", "ms"])
            for r in rungs:
                writer.writerow([r.width, r.stages, r.size, r.parameters_m, r.gmacs, r.ms])
    return 0


if __name__ == "__main__":
    sys.exit(main())
