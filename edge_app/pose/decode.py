"""From heatmaps and part affinity fields to people, at the network's own resolution.

Peaks are refined to sub-cell accuracy, so nothing is up-sampled. One numpy call scores the
candidate pairs of all limbs, which keeps decoding cheap compared with the network.
"""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import KEYPOINTS, LIMBS, STRIDE

POINTS = len(KEYPOINTS)
LIMB_START, LIMB_END = np.array(LIMBS).T
LIMB_NUMBER = np.arange(len(LIMBS))
SAMPLES = np.linspace(0, 1, 10, dtype=np.float32)
LARGEST = 1000.0  # of any map; those of a sound network stay near 1
PEAK = 0.1  # lowest heatmap value of a keypoint
AGREE = 0.05  # lowest projection of the field on a limb, at one sample
AGREEING = 7  # of the samples: so many of a limb must agree
CANDIDATES = 20  # peaks kept per heatmap: limits the time in a crowd


def find_peaks(
    heatmaps: np.ndarray, lowest: float = PEAK
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Local maxima of every heatmap, refined by a parabola through the logarithm.

    A Gaussian's logarithm is a parabola, so the refinement is exact for the shape trained.

    Args:
        heatmaps: (18 or 19, h, w).
        lowest: smallest value of a peak.

    Returns:
        kind (n,) keypoint index; xy (n, 2) in input pixels; score (n,); sorted by kind and,
        within a kind, by falling score.
    """
    padded = padded_maps(heatmaps[:POINTS])
    _, height, width = padded.shape
    flat = padded.reshape(-1)
    cell = np.flatnonzero(flat >= lowest)  # few: only these are compared
    around = flat[cell[:, None] + offsets(width)]
    left, up, here, right, down = around.T
    top = (here >= np.maximum(left, up)) & (here > np.maximum(right, down))
    cell, around = cell[top], around[top]
    kind, score = cell // (height * width), around[:, HERE]
    order = np.lexsort((-score, kind))
    count = np.bincount(kind, minlength=POINTS)
    if count.max() > CANDIDATES:
        order = order[np.arange(len(kind)) - np.repeat(count.cumsum() - count, count) < CANDIDATES]
    kind, score = kind[order], score[order]
    return kind, refine(cell[order], around[order], padded.shape), np.minimum(score, 1.0)


def padded_maps(maps: np.ndarray) -> np.ndarray:
    """(n, h, w) → (n, h + 2, w + 2), so that each cell has neighbours."""
    count, height, width = maps.shape
    padded = np.full((count, height + 2, width + 2), -1.0, maps.dtype)  # faster than np.pad
    padded[:, 1:-1, 1:-1] = maps
    return padded


HERE = 2  # of the five offsets


def offsets(width: int) -> np.ndarray:
    """From a cell to its neighbours in flat maps: left, up, itself, right, down."""
    return np.array([-1, -width, 0, 1, width])


def refine(cell: np.ndarray, around: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Vertices of the parabolas through the logarithms around cells of padded maps.

    Args:
        cell: (n,) index in the flat padded maps.
        around: (n, 5) values at `offsets` from there.
        shape: of the padded maps.

    Returns:
        (n, 2) float32 x, y in input pixels.
    """
    logs = np.log(np.maximum(around, 1e-3))
    before, here, after = logs[:, :HERE], logs[:, HERE : HERE + 1], logs[:, HERE + 1 :]
    bend = before - 2 * here + after
    offset = np.where(bend < -1e-6, 0.5 * (before - after) / np.minimum(bend, -1e-6), 0.0)
    row, column = np.divmod(cell % (shape[1] * shape[2]), shape[2])
    place = np.stack([column - 1, row - 1], 1) + np.clip(offset, -0.5, 0.5)
    xy: np.ndarray = ((place + 0.5) * STRIDE - 0.5).astype(np.float32)
    return xy


def _agreeing_limbs(
    pafs: np.ndarray, kind: np.ndarray, xy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of peaks that a limb could join and that agrees with the field between them.

    Returns:
        limb (m,), start peak (m,), end peak (m,): sorted by limb and falling mean projection of
        the field on the pair, equation 10 of Cao et al. 2017.
    """
    limb, a, b = _pairs(np.bincount(kind, minlength=POINTS))
    start = xy[a]
    vector = xy[b] - start
    length = np.hypot(vector[:, 0], vector[:, 1])
    unit = vector / np.maximum(length, 1e-3)[:, None]
    _, height, width = pafs.shape
    cells = (start[:, None] + vector[:, None] * SAMPLES[:, None] + 0.5) / STRIDE - 0.5
    cells = np.rint(cells).astype(np.intp)
    columns = np.minimum(np.maximum(cells[..., 0], 0), width - 1)
    rows = np.minimum(np.maximum(cells[..., 1], 0), height - 1)
    here = (rows + 2 * height * limb[:, None]) * width + columns  # in the flat fields of x
    field = pafs.reshape(-1)
    along = field[here] * unit[:, :1] + field[here + height * width] * unit[:, 1:]
    agree = along > AGREE
    agreeing = agree.sum(1)
    good = np.flatnonzero((agreeing >= AGREEING) & (length > 0))
    mean = (along[good] * agree[good]).sum(1) / agreeing[good]
    order = good[np.lexsort((-mean, limb[good]))]
    return limb[order], a[order], b[order]


def _pairs(count: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Limb, start and end of every pair of peaks of a limb's two kinds, with `count` of each."""
    first = count.cumsum() - count
    ends = count[LIMB_END]
    pairs = count[LIMB_START] * ends
    limb = np.repeat(LIMB_NUMBER, pairs)
    number = np.arange(len(limb)) - (pairs.cumsum() - pairs)[limb]
    start, end = np.divmod(number, ends[limb])
    return limb, start + first[LIMB_START][limb], end + first[LIMB_END][limb]


def sane(maps: np.ndarray) -> np.ndarray:
    """Maps whose values are possible: a damaged network, or one that overflows in half precision,
    gives NaN, infinities and huge numbers, which become 0."""
    if maps.min(initial=0) > -LARGEST and maps.max(initial=0) < LARGEST:  # not so with NaN
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
    kind, xy, score = find_peaks(heatmaps, lowest)
    limbs = _agreeing_limbs(pafs, kind, xy)
    bodies = _joined(*(each.tolist() for each in limbs))
    numbers = [number for number, body in enumerate(bodies) for _ in body]
    kinds = [kind for body in bodies for kind in body]
    peaks = [peak for body in bodies for peak in body.values()]
    people_xy = np.zeros((len(bodies), POINTS, 2), np.float32)
    people_score = np.zeros((len(bodies), POINTS), np.float32)
    people_xy[numbers, kinds] = xy[peaks]
    people_score[numbers, kinds] = score[peaks]
    order = np.argsort(-people_score.sum(1), kind="stable")
    return people_xy[order], people_score[order]


def _joined(limbs: list[int], starts: list[int], ends: list[int]) -> list[dict[int, int]]:
    """The bodies that the limbs make of the peaks: keypoint kind → peak.

    Args:
        limbs: sorted, with the peaks of each pair, best first within a limb.
    """
    bodies: list[dict[int, int]] = []
    owner: dict[int, dict[int, int]] = {}  # peak → body
    used: set[int] = set()  # peaks of the current limb
    current = -1
    for limb, a, b in zip(limbs, starts, ends):
        if limb != current:
            current, used = limb, set()
        if a in used or b in used:
            continue
        body_a, body_b = owner.get(a), owner.get(b)
        kind_a, kind_b = LIMBS[limb]
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
        used.update((a, b))
    return bodies
