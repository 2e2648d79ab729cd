"""Bootstrap intervals over makers: clips of one maker are alike, so makers are drawn, not clips."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np

DRAWS = 1000
SEED = 29
COVERS = 0.95


class Ratio(NamedTuple):
    """A share, mean or rate, and its 95 % interval."""

    value: float  # NaN if there is nothing to divide by
    low: float  # NaN if there are fewer than two makers
    high: float


def ratio_over_makers(
    makers: Sequence[str], above: Sequence[float], below: Sequence[float]
) -> Ratio:
    """sum(above) / sum(below), with a percentile bootstrap over makers (1,000 draws, seeded).

    A mean over clips has 1 in `below`, ghosts a minute have the clips' minutes. All arguments have
    one value a clip.
    """
    names, maker_of = np.unique(np.asarray(makers, str), return_inverse=True)
    sums = np.zeros((2, len(names)))
    for row, values in zip(sums, (above, below)):
        np.add.at(row, maker_of, values)
    total = float(sums[1].sum())
    value = float(sums[0].sum()) / total if total else float("nan")
    if len(names) < 2:
        return Ratio(value, float("nan"), float("nan"))
    drawn = np.random.default_rng(SEED).multinomial(
        len(names), np.full(len(names), 1 / len(names)), DRAWS
    )  # how often each maker is in each draw
    over, under = drawn @ sums.T[:, 0], drawn @ sums.T[:, 1]
    ratios = over[under > 0] / under[under > 0]
    if not len(ratios):
        return Ratio(value, float("nan"), float("nan"))
    low, high = np.quantile(ratios, [(1 - COVERS) / 2, (1 + COVERS) / 2])
    return Ratio(value, float(low), float(high))
