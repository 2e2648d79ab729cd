"""The loss curve of a run, as a picture beside its CSV."""

from __future__ import annotations

import csv
import math
from pathlib import Path

HEADER = ("images", "seconds", "loss", "pck_exercise", "pck_lspet")


def draw_curve(log: Path) -> Path | None:
    """Draws log.csv as log.png; None on a machine without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    images = [int(r["images"]) for r in rows]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    left = figure.subplots()
    right = left.twinx()
    left.plot(images, [float(r["loss"]) for r in rows], "k.-", label="loss")
    for name, colour in (("pck_exercise", "tab:green"), ("pck_lspet", "tab:orange")):
        values = [float(r[name]) if r[name] else math.nan for r in rows]
        right.plot(images, values, ".-", color=colour, label=f"{name} (highest cell in the box)")
    left.set_xlabel("pictures learnt from")
    left.set_ylabel("loss")
    right.set_ylabel("PCK@0.1 of the box")
    figure.legend(loc="outside upper center", ncols=3)
    picture = log.with_suffix(".png")
    figure.savefig(picture, dpi=110)
    return picture
