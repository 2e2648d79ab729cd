"""From heatmaps and part affinity fields to people, at the network's own resolution.

Peaks are refined to sub-cell accuracy, so nothing is up-sampled. One numpy call scores the
candidate pairs of all limbs, which keeps decoding cheap compared with the network.
"""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import KEYPOINTS, LIMBS, STRIDE

POINTS = len(KEYPOINTS)
LIMB_START, LIMB_END = np.array(LIMBS).T
SAMPLES = np.linspace(0, 1, 10, dtype=np.float32)
LARGEST = 1000.0  # of any map; those of a sound network stay near 1
PEAK = 0.1  # lowest heatmap value of a keypoint
AGREE = 0.05  # lowest projection of the field on a limb, at one sample
AGREEING = 0.7  # share of a limb's samples that must agree
CANDIDATES = 20  # peaks kept per heatmap: limits the time in a crowd


def find_peaks(heatmaps: np.ndarray, lowest: float = PEAK) -> tuple[np.ndarray, ...]:
    """Local maxima of every heatmap, refined by a parabola through the logarithm.

    A Gaussian's logarithm is a parabola, so the refinement is exact for the shape trained.

    Args:
        heatmaps: (18 or 19, h, w).
        lowest: smallest value of a peak.

    Returns:
        kind (n,) keypoint index; xy (n, 2) in input pixels; score (n,); sorted by kind and,
        within a kind, by falling score.
    """
    maps = heatmaps[:POINTS]
    padded = padded_maps(maps)
    kind, row, column = np.nonzero(maps >= lowest)  # few: only these are compared
    here = maps[kind, row, column]
    top = (
        (here >= padded[kind, row + 1, column])
        & (here > padded[kind, row + 1, column + 2])
        & (here >= padded[kind, row, column + 1])
        & (here > padded[kind, row + 2, column + 1])
    )
    kind, row, column = kind[top], row[top], column[top]
    score = maps[kind, row, column]
    order = np.lexsort((-score, kind))
    kind, row, column, score = kind[order], row[order], column[order], score[order]
    first = np.searchsorted(kind, np.arange(POINTS))
    keep = np.arange(len(kind)) - first[kind] < CANDIDATES
    kind, row, column, score = kind[keep], row[keep], column[keep], score[keep]
    return kind, refine(padded, kind, row, column), np.minimum(score, 1.0)


def padded_maps(maps: np.ndarray) -> np.ndarray:
    """(n, h, w) → (n, h + 2, w + 2), as `refine` needs it."""
    count, height, width = maps.shape
    padded = np.full((count, height + 2, width + 2), -1.0, maps.dtype)  # faster than np.pad
    padded[:, 1:-1, 1:-1] = maps
    return padded


def refine(padded: np.ndarray, kind: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Vertices of the parabolas through the logarithms around cells of padded maps.

    Returns:
        (n, 2) float32 in input pixels.
    """
    here = padded[kind, row + 1, column + 1]
    x = column + _vertex(padded[kind, row + 1, column], here, padded[kind, row + 1, column + 2])
    y = row + _vertex(padded[kind, row, column + 1], here, padded[kind, row + 2, column + 1])
    return ((np.stack([x, y], 1) + 0.5) * STRIDE - 0.5).astype(np.float32)


def _vertex(before: np.ndarray, here: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Offset in cells, within ±½, of the vertex of the parabola through three log values."""
    a, b, c = (np.log(np.maximum(v, 1e-3)) for v in (before, here, after))
    bend = a - 2 * b + c
    offset = np.where(bend < -1e-6, 0.5 * (a - c) / np.minimum(bend, -1e-6), 0.0)
    return np.clip(offset, -0.5, 0.5)


def _score_limbs(
    pafs: np.ndarray, kind: np.ndarray, xy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of peaks that a limb could join, with the field's mean projection on it.

    Returns:
        limb (m,), start peak (m,), end peak (m,), score (m,): the pairs that agree with the field,
        sorted by limb and falling score.
    """
    first = np.searchsorted(kind, np.arange(POINTS + 1))
    counts = np.diff(first)
    starts, ends = counts[LIMB_START], counts[LIMB_END]
    pairs = starts * ends
    limb = np.repeat(np.arange(len(LIMBS)), pairs)
    number = np.arange(len(limb)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    a = first[LIMB_START[limb]] + number // np.maximum(ends[limb], 1)
    b = first[LIMB_END[limb]] + number % np.maximum(ends[limb], 1)
    vector = xy[b] - xy[a]
    length = np.hypot(vector[:, 0], vector[:, 1])
    unit = vector / np.maximum(length, 1e-3)[:, None]
    cells = (xy[a][:, None] + vector[:, None] * SAMPLES[:, None] + 0.5) / STRIDE - 0.5
    cells = np.rint(cells).astype(np.intp)
    columns = cells[..., 0].clip(0, pafs.shape[2] - 1)
    rows = cells[..., 1].clip(0, pafs.shape[1] - 1)
    field_x = pafs[2 * limb[:, None], rows, columns]
    field_y = pafs[2 * limb[:, None] + 1, rows, columns]
    along = field_x * unit[:, :1] + field_y * unit[:, 1:]
    agree = along > AGREE
    share = agree.mean(1)
    score = (along * agree).sum(1) / np.maximum(agree.sum(1), 1)
    good = (share >= AGREEING) & (length > 0)
    limb, a, b, score = limb[good], a[good], b[good], score[good]
    order = np.lexsort((-score, limb))
    return limb[order], a[order], b[order], score[order]


def sane(maps: np.ndarray) -> np.ndarray:
    """Maps whose values are possible: a damaged network, or one that overflows in half precision,
    gives NaN, infinities and huge numbers, which become 0."""
    if np.abs(maps).max(initial=0) < LARGEST:  # not so with NaN
        return maps
    return np.where(np.abs(maps) < LARGEST, maps, np.float32(0))


def decode(
    heatmaps: np.ndarray, pafs: np.ndarray, lowest: float = PEAK
) -> tuple[np.ndarray, np.ndarray]:
    """All people in the picture.

    Limbs are joined greedily, best first within each limb, from the neck outwards; a limb may
    merge two partial bodies if they share no keypoint kind (Cao et al. 2017).

    Args:
        heatmaps: (19, h, w); pafs: (38, h, w).
        lowest: smallest heatmap value of a keypoint.

    Returns:
        xy (people, 18, 2) float32 in input pixels and score (people, 18) float32, 0 where a
        keypoint was not found; sorted by falling total score.
    """
    kind, xy, peak_score = find_peaks(heatmaps, lowest)
    limb, start, end, _ = _score_limbs(pafs, kind, xy)
    bodies: list[dict[int, int]] = []  # keypoint kind → peak
    owner: dict[int, dict[int, int]] = {}  # peak → body
    used = set()
    for which, a, b in zip(limb.tolist(), start.tolist(), end.tolist()):
        if (which, a) in used or (which, ~b) in used:
            continue
        body_a, body_b = owner.get(a), owner.get(b)
        kind_a, kind_b = LIMBS[which]
        if body_a is None and body_b is None:
            body_a = {kind_a: a, kind_b: b}
            bodies.append(body_a)
            owner[a] = owner[b] = body_a
        elif body_b is None and body_a is not None:
            if kind_b in body_a:
                continue
            body_a[kind_b] = b
            owner[b] = body_a
        elif body_a is None and body_b is not None:
            if kind_a in body_b:
                continue
            body_b[kind_a] = a
            owner[a] = body_b
        elif body_a is not body_b and body_a is not None and body_b is not None:
            if body_a.keys() & body_b.keys():
                continue
            body_a.update(body_b)
            for peak in body_b.values():
                owner[peak] = body_a
            bodies = [body for body in bodies if body is not body_b]
        used.add((which, a))
        used.add((which, ~b))
    people_xy = np.zeros((len(bodies), POINTS, 2), np.float32)
    people_score = np.zeros((len(bodies), POINTS), np.float32)
    for number, body in enumerate(bodies):
        kinds, peaks = list(body.keys()), list(body.values())
        people_xy[number, kinds] = xy[peaks]
        people_score[number, kinds] = peak_score[peaks]
    order = np.argsort(-people_score.sum(1), kind="stable")
    return people_xy[order], people_score[order]
