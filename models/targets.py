"""Training targets: Gaussian heatmaps and part affinity fields (Cao et al. 2017)."""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import KEYPOINTS, LIMBS, STRIDE

from .network import HEATMAPS, PAFS, SIGMA_PX

LIMB_HALF_WIDTH_CELLS = 1.0


def cell_centres(count: int) -> np.ndarray:
    """Pixel coordinate of each cell's centre: a stride-8 cell covers pixels 0–7, centre 3.5."""
    return (np.arange(count, dtype=np.float32) + 0.5) * STRIDE - 0.5


def heatmap_targets(xy: np.ndarray, present: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Heatmaps: the maximum over people of a Gaussian at each keypoint; the last is background.

    Args:
        xy: (people, 18, 2) in input pixels.
        present: (people, 18) bool.
        size: height and width of the input in pixels, multiples of 8.

    Returns:
        (19, height / 8, width / 8) float32.
    """
    rows, columns = size[0] // STRIDE, size[1] // STRIDE
    maps = np.zeros((HEATMAPS, rows, columns), np.float32)
    if len(xy):
        scale = -0.5 / SIGMA_PX**2
        gx = np.exp(scale * (cell_centres(columns) - xy[..., :1]) ** 2)  # (people, 18, columns)
        gy = np.exp(scale * (cell_centres(rows) - xy[..., 1:]) ** 2)
        gauss = gy[..., :, None] * gx[..., None, :] * present[..., None, None]
        maps[: len(KEYPOINTS)] = gauss.max(0)
    maps[-1] = 1 - maps[:-1].max(0)
    return maps


def paf_targets(xy: np.ndarray, present: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Part affinity fields: the limb's unit vector in the cells within one cell of the limb.

    Where limbs of several people overlap, the mean. Arguments as in `heatmap_targets`.

    Returns:
        (38, height / 8, width / 8) float32: x and y of each limb in turn.
    """
    rows, columns = size[0] // STRIDE, size[1] // STRIDE
    fields = np.zeros((len(LIMBS), 2, rows, columns), np.float32)
    counts = np.zeros((len(LIMBS), rows, columns), np.float32)
    grid = np.stack(np.meshgrid(cell_centres(columns), cell_centres(rows)), 0)
    start, end = np.array(LIMBS).T
    person: np.ndarray
    for person, there in zip(xy, present):
        both = np.flatnonzero(there[start] & there[end])
        if not len(both):
            continue
        a, b = person[start[both]], person[end[both]]
        length: np.ndarray = np.linalg.norm(b - a, axis=1)
        unit = (b - a) / np.maximum(length, 1e-3)[:, None]
        offset = grid[None] - a[:, :, None, None]
        along: np.ndarray = np.einsum("lchw,lc->lhw", offset, unit)
        across = np.abs(
            offset[:, 0] * unit[:, 1, None, None] - offset[:, 1] * unit[:, 0, None, None]
        )
        reach = LIMB_HALF_WIDTH_CELLS * STRIDE
        inside: np.ndarray = (
            (across <= reach) & (along >= -reach) & (along <= length[:, None, None] + reach)
        )
        fields[both] += unit[:, :, None, None] * inside[:, None]
        counts[both] += inside
    fields /= np.maximum(counts, 1)[:, None]
    return fields.reshape(PAFS, rows, columns)


def channel_weights(known: np.ndarray) -> np.ndarray:
    """Which of the 19 + 38 channels have labels in a picture: those with known keypoints.

    Args:
        known: (people, 18) bool. A channel counts only if it is known for every person.

    Returns:
        (57,) float32 of 0 and 1.
    """
    every = np.ones(len(KEYPOINTS), bool)
    for person in known:
        every &= person
    limbs = np.array([bool(every[a]) and bool(every[b]) for a, b in LIMBS])
    return np.concatenate([every, [every.all()], np.repeat(limbs, 2)]).astype(np.float32)
