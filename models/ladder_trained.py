"""Accuracy by stages and widths: `python -m models.ladder_trained RUN… --data DATA --out DIR`.

The paper's figure 11 for networks trained here: AP on the sample of COCO pictures and PCK on both
labelled sets over multiply-adds, for every refinement stage of every run. A run with five stages
gives six networks, because every stage is trained as an output (together with the ones after it).
Times are medians of rounds that run each network in turn: read them as ratios.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure as Plot
from tqdm import tqdm

from edge_app.files import whole_file
from edge_app.runtime.open import open_backend
from export.to_onnx import export

from .checkpoint import open_network, read_checkpoint
from .command import at_least, tool
from .datasets import load_source
from .detectors import whole_look
from .evaluate import SETS
from .ladder import PUBLISHED_SIZE, Published, Rung, rung, time_all
from .scores import Figure, coco_scores, pck

# Song & Chen 2024, figure 11: OpenPose after 0 to 5 refinement stages, AP in per cent and GFLOPs.
PAPER_AP = (35.5, 43.4, 46.2, 47.4, 48.1, 48.6)
PAPER_GFLOPS = (43.1, 61.7, 80.3, 98.9, 117.5, 136.1)
HEADER = ("width", "channels", "stages", "images", "size", "parameters_m", "gmacs", "ms",
          "ms_of_published", "ap", "ap_low", "ap_high", "pck_exercise", "pck_lspet")  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """One rung with its accuracy; `scores` from `accuracy`."""

    rung: Rung
    channels: int
    images: int
    scores: dict[str, Figure]


def accuracy(model: bytes, data: Path, every: int) -> dict[str, Figure]:
    """AP and both PCKs of an ONNX file, with one look per picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(model)
        detect = whole_look(open_backend(path))
        scores = {}
        for title, (source, of_torso) in SETS.items():
            samples = load_source(data, source, "val")[::every]
            result = pck(detect, tqdm(samples, desc=title, leave=False), of_torso)
            scores[source.path] = result.overall()
        pictures = json.loads((data / "coco_val" / "annotations.json").read_text())["images"]
        shown = tqdm(pictures, desc="coco_val", leave=False)
        scores["AP"] = coco_scores(detect, data / "coco_val", shown)["AP"]
        return scores


def measure(runs: list[Path], data: Path, size: int, every: int, threads: int) -> list[Trained]:
    """Every refinement stage of every run, without times."""
    measured = []
    for run in runs:
        state = read_checkpoint(run)
        for stages in range(state["config"]["refinement_stages"] + 1):
            network = open_network(run, stages)
            config = network.config
            name = f"width {config.width:g}, {config.stage_channels} channels, {stages} stages"
            scores = accuracy(export(network, (size, size), {}), data, every)
            tqdm.write(f"{name}: " + ", ".join(f"{k} {v}" for k, v in scores.items()))
            own = rung(name, network, size, threads)
            measured.append(Trained(own, config.stage_channels, state.get("done", 0), scores))
    return measured


def rows(measured: list[Trained], published: Rung) -> list[list[str]]:
    """The table's lines, without the header."""
    table = []
    for m in measured:
        r, ap = m.rung, m.scores["AP"]
        plain = [r.width, m.channels, r.stages, m.images, r.size]
        costs = [r.parameters_m, r.gmacs, r.ms, r.ms / published.ms]
        figures = [ap.value, ap.low, ap.high]
        figures += [m.scores["exercise_frames"].value, m.scores["lspet"].value]
        table.append([f"{v:g}" for v in plain] + [f"{v:.3f}" for v in (*costs, *figures)])
    return table


def plot(measured: list[Trained], path: Path) -> None:
    """Draws figure 11 of the paper, with our networks and the paper's numbers."""
    picture = Plot(figsize=(11, 4.5), layout="constrained")
    left, middle, right = picture.subplots(1, 3)
    for width, channels in sorted({(m.rung.width, m.channels) for m in measured}):
        own = [m for m in measured if (m.rung.width, m.channels) == (width, channels)]
        gmacs = [m.rung.gmacs for m in own]
        name = f"width {width:g}, {channels} channels"
        for axes, key, scale in ((left, "AP", 100), (middle, "lspet", 1)):
            axes.plot(gmacs, [scale * m.scores[key].value for m in own], "o-", label=name)
    left.set_ylabel("AP in per cent, 103 COCO pictures")
    middle.set_ylabel("PCK@0.2 torso, LSPET held out")
    for axes in (left, middle):
        axes.set_xlabel("multiply-adds, G (0 to 5 refinement stages)")
        axes.legend(fontsize="small")
    right.plot(PAPER_GFLOPS, PAPER_AP, "ks-")
    right.set_xlabel("GFLOPs")
    right.set_title("The paper's OpenPose, all of COCO val", fontsize="medium")
    right.set_ylabel("AP in per cent")
    with whole_file(path) as part:
        picture.savefig(part, format="png", dpi=110)


@tool("ladder_trained")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.ladder_trained", description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders or checkpoints")
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--size", type=int, default=192, help="side of the square input in pixels")
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of timing")
    parser.add_argument(
        "--threads", type=int, default=0, help="CPU threads for timing (0: one per core)"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for ladder.csv, ladder.png")
    args = parser.parse_args(argv)
    at_least(1, every=args.every, rounds=args.rounds)
    measured = measure(args.runs, args.data, args.size, args.every, args.threads)
    published = rung("as published", Published(), PUBLISHED_SIZE, args.threads)
    time_all([published, *(m.rung for m in measured)], args.rounds)
    args.out.mkdir(parents=True, exist_ok=True)
    table = rows(measured, published)
    with whole_file(args.out / "ladder.csv") as part, part.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *table])
    plot(measured, args.out / "ladder.png")
    print("| " + " | ".join(HEADER) + " |\n" + "|---" * len(HEADER) + "|")
    print("\n".join("| " + " | ".join(row) + " |" for row in table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
