"""Measures networks' accuracy: `python -m models.evaluate MODEL.onnx … --data ../shared/data`.

One column per network, every figure with a 95 % bootstrap interval over pictures: COCO AP and AR by
pycocotools on coco_val (a sample of 103 pictures, not "COCO val AP"), PCK@0.1 of the person's box
on exercise_frames' validation split, PCK@0.2 of the torso on LSPET's held-out tenth, both by the
body's orientation, and false people in pictures without any. Instead of a network, you can give a
file of detections (models/peers). Each picture gets one look at the whole of it; --close decodes
like the device: a search in three directions, then a close look at each person.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.open import open_backend
from edge_app.runtime.providers import PROVIDERS

from .command import at_least, tool
from .contact_sheet import contact_sheet
from .datasets import Source, load_source
from .detectors import Detector, as_the_device, read_detections, whole_look
from .scores import Figure, Pck, coco_scores, false_people, pck

SETS = {
    "PCK@0.1 box, exercise frames": (Source("exercise_frames"), None),
    "PCK@0.2 torso, LSPET": (Source("lspet"), 0.2),
}


def figures_of(
    detect: Detector, data: Path, name: str, sheets: Path | None, every: int
) -> dict[str, Figure]:
    """All figures of one detector; writes contact sheets into `sheets` if given."""
    figures: dict[str, Figure] = {}
    for title, (source, of_torso) in SETS.items():
        samples = load_source(data, source, "val")[::every]
        result = pck(detect, tqdm(samples, desc=source.path, leave=False), of_torso)
        figures[title] = result.overall()
        figures |= {f"… {g}": f for g, f in _parts(result, source.path).items()}
        if sheets is not None:
            contact_sheet(result, detect, sheets / f"{name}-{source.path}.png")
    folder = data / "coco_val"
    pictures = json.loads((folder / "annotations.json").read_text())["images"]
    found = coco_scores(detect, folder, tqdm(pictures, desc="coco_val", leave=False))
    figures |= {f"{k}, coco_val sample": v for k, v in found.items()}
    empty = load_source(data, Source("negatives", people="none"), "val")
    figures["false people a picture"] = false_people(detect, tqdm(empty, leave=False))
    return figures


def _parts(result: Pck, of_set: str) -> dict[str, Figure]:
    parts = {**result.by_orientation(), **result.by_group()}
    return {f"{of_set}: {part}": figure for part, figure in parts.items() if figure.pictures}


def table(columns: dict[str, dict[str, Figure]]) -> str:
    """A Markdown table with one column per detector."""
    rows = list(next(iter(columns.values())))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row in rows:
        cells = (str(figures[row]) if row in figures else "–" for figures in columns.values())
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


@tool("evaluate")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description=__doc__)
    parser.add_argument("models", type=Path, nargs="+", help=".onnx networks or .json detections")
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument(
        "--close", action="store_true", help="search and close looks, like the device"
    )
    parser.add_argument("--sheets", type=Path, help="write contact sheets into this folder")
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument(
        "--threads", type=int, default=0, help="CPU threads of the network (0: one per core)"
    )
    parser.add_argument(
        "--provider", choices=PROVIDERS, default="cpu", help="runtime of the networks"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    args = parser.parse_args(argv)
    at_least(1, every=args.every)
    if len({path.stem for path in args.models}) < len(args.models):
        raise InputError("two files have the same name, which heads their columns: rename one")
    columns: dict[str, dict[str, Figure]] = {}
    for path in args.models:
        if path.suffix == ".json":
            detect = read_detections(path, args.data)
        else:
            backend = open_backend(path, args.threads, args.provider)
            detect = as_the_device(backend) if args.close else whole_look(backend)
        name = path.stem + ("-close" if args.close and path.suffix != ".json" else "")
        columns[name] = figures_of(detect, args.data, name, args.sheets, args.every)
    print(table(columns))
    if args.json:
        plain = {c: {r: _rounded(f) for r, f in rows.items()} for c, rows in columns.items()}
        with whole_file(args.json) as part:
            part.write_text(json.dumps(plain, indent=1) + "\n")
    return 0


def _rounded(figure: Figure) -> list[float | int]:
    return [*np.round([figure.value, figure.low, figure.high], 4).tolist(), figure.pictures]


if __name__ == "__main__":
    sys.exit(main())
