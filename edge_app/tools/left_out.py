"""Leave-one-maker-out: each maker's clips are judged with what was learnt without that maker."""

from __future__ import annotations

from typing import Callable, Sequence, TypeVar

import numpy as np

Item = TypeVar("Item")
Fitted = TypeVar("Fitted")
Judged = TypeVar("Judged")


def leave_one_maker_out(
    items: Sequence[Item],
    maker_of: Callable[[Item], str],
    fit: Callable[[frozenset[str]], Fitted],
    judge: Callable[[Fitted, Item], Judged],
    folds: int | None = None,
    seed: int = 0,
) -> list[Judged]:
    """Judges every item with what was fitted on the other makers.

    Args:
        items: such as clips.
        maker_of: an item's maker; an item whose maker is "" would leak, and is refused.
        fit: learns from the items of these makers only.
        judge: judges an item with what was fitted.
        folds: None leaves out one maker at a time; a number leaves out that many groups of makers
            in turn, for a fit that takes long.
        seed: of the groups.

    Returns:
        One judgement per item, in the items' order.

    Raises:
        ValueError: an item has no maker, or there are fewer than two makers or folds, or more folds
            than makers.
    """
    makers = sorted({maker_of(item) for item in items})
    if "" in makers:
        raise ValueError("an item has no maker")
    count = len(makers) if folds is None else folds
    if not 2 <= count <= len(makers):
        raise ValueError(f"{len(makers)} makers cannot be left out in {count} folds")
    shuffled = [makers[i] for i in np.random.default_rng(seed).permutation(len(makers))]
    found: dict[int, Judged] = {}
    for number in range(count):
        left_out = frozenset(shuffled[number::count])
        fitted = fit(frozenset(makers) - left_out)
        for index, item in enumerate(items):
            if maker_of(item) in left_out:
                found[index] = judge(fitted, item)
    return [found[index] for index in range(len(items))]
