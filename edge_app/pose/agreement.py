"""Compares the outputs of two networks on the same pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterable

import numpy as np

from edge_app.pose.decode import decode
from edge_app.pose.person import FEWEST_KEYPOINTS, Person

NEAR = 0.02  # of the body's larger extent: tolerance for two keypoints to agree
Infer = Callable[[np.ndarray], "tuple[np.ndarray, np.ndarray]"]


@dataclass(frozen=True)
class Agreement:
    """Cosine over all pictures together: one empty picture would compare noise with noise."""

    heatmap_cosine: float
    paf_cosine: float
    keypoints: float  # share of the reference's keypoints found within 2 % of the body; 1 for none
    missed: float  # share of those not found at all
    pictures: int


def agreement(reference: Infer, other: Infer, blobs: Iterable[np.ndarray]) -> Agreement:
    """Compares `other` with `reference`.

    Args:
        reference, other: from (1, 3, h, w) to heatmaps (19, h/8, w/8) and fields (38, …).
        blobs: the pictures; those in which the reference finds nobody count for cosines only.
    """
    products = np.zeros((2, 3))
    near = missed = keypoints = pictures = 0
    for blob in blobs:
        pictures += 1
        wanted, got = reference(blob), other(blob)
        products += [[np.vdot(w, w), np.vdot(g, g), np.vdot(w, g)] for w, g in zip(wanted, got)]
        candidates = people(*got)
        for person in people(*wanted):
            errors = [_errors(person, c) for c in candidates]
            error = min(errors, key=_sum, default=np.full(int(person.found.sum()), np.inf))
            keypoints += len(error)
            near += int((error <= NEAR * person.extent_px).sum())
            missed += int(np.isinf(error).sum())
    heatmap, paf = (float(wg / np.sqrt(ww * gg)) if ww * gg else 1.0 for ww, gg, wg in products)
    if not keypoints:
        return Agreement(heatmap, paf, 1.0, 0.0, pictures)
    return Agreement(heatmap, paf, near / keypoints, missed / keypoints, pictures)


def people(heatmaps: np.ndarray, pafs: np.ndarray) -> list[Person]:
    """Decoded people, without partial bodies too small to track."""
    decoded = [Person(p, s) for p, s in zip(*decode(heatmaps, pafs))]
    return [p for p in decoded if p.found.sum() >= FEWEST_KEYPOINTS]


def _errors(person: Person, other: Person) -> np.ndarray:
    """Distances from the person's found keypoints to the other's; inf if missing there."""
    error: np.ndarray = np.linalg.norm(person.xy - other.xy, axis=1)
    error[~other.found] = np.inf
    found: np.ndarray = error[person.found]
    return found


def _sum(error: np.ndarray) -> float:
    return float(np.minimum(error, 1e3).sum())
