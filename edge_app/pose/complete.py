"""Completes decoded bodies from the heatmaps.

Part affinity fields separate people, but where a field is weak (a foreshortened trunk, an arm in
front of the body) the greedy assembly leaves a body in pieces. For the tracked person there is
better evidence: where each keypoint was a moment ago, and which peaks belong to somebody else.
"""

from __future__ import annotations

import numpy as np

from edge_app.pose.decode import POINTS, offsets, padded_maps, refine
from edge_app.pose.person import Person, similarity
from edge_app.skeleton import STRIDE

WHOLE_PERSON = 8  # a body with at least this many keypoints keeps its peaks
NEAR = 0.18  # of the body: how far a keypoint usually moves between two looks
ANYWHERE = 0.3  # weight of a peak that is not near the last position
AROUND = 0.3  # of the body: how far beyond the known keypoints to search for others
FEWEST = 4  # fewest keypoints of a body worth completing


def complete(
    people: list[Person], heatmaps: np.ndarray, last: Person | None, lowest: float
) -> list[Person]:
    """Adds keypoints that no limb reached to the bodies.

    With a tracked person, the most similar body is completed, or made from the heatmaps alone if
    there is none; other large bodies stay unchanged and keep their peaks; pieces are dropped.

    Args:
        people: decoded bodies in input pixels, the highest total score first.
        heatmaps: (19, h, w), from which they were decoded.
        last: the tracked person's last pose in input pixels, or None.
        lowest: smallest heatmap value of a keypoint.
    """
    whole = [p for p in people if p.found.sum() >= WHOLE_PERSON]
    if last is None:
        return [
            _fill(p, None, [q for q in whole if q is not p], heatmaps, lowest)
            for p in people
            if p.found.sum() >= FEWEST
        ]
    own = _most_alike(people, last)
    others = [p for p in whole if p is not own]
    if own is None:
        own = Person(np.zeros((POINTS, 2), np.float32), np.zeros(POINTS, np.float32))
    return [_fill(own, last, others, heatmaps, lowest), *others]


def _most_alike(people: list[Person], last: Person) -> Person | None:
    """The body that is most similar to the last pose and well seen; None if none is similar."""
    own, best = None, np.float32(0)
    for person in people:
        total = person.score.sum()  # float32, in which a far-fetched similarity vanishes
        if total <= best:  # so are all others, and none is more similar than 1
            break
        alike = similarity(person, last, last.extent_px) * total
        if alike > best:
            own, best = person, alike
    return own


def _fill(
    person: Person, last: Person | None, others: list[Person], heatmaps: np.ndarray, lowest: float
) -> Person:
    strongest = heatmaps[:POINTS].max((1, 2))
    missing = np.flatnonzero(~person.found & (strongest >= lowest))
    known = [p.xy[p.found] for p in (person, last) if p is not None and p.found.any()]
    if not len(missing) or not known:
        return person
    points = np.concatenate(known)
    low, high = points.min(0), points.max(0)
    body = float((high - low).max())
    maps = heatmaps[missing]
    rows, columns = (
        (np.arange(n, dtype=np.float32) + 0.5) * STRIDE - 0.5 for n in heatmaps.shape[1:]
    )
    reach = AROUND * body if last is not None else body
    inside_x = (columns > low[0] - reach) & (columns < high[0] + reach)
    inside_y = (rows > low[1] - reach) & (rows < high[1] + reach)
    weight = np.ones_like(maps) * (inside_y[:, None] & inside_x)
    if last is not None:
        seen = last.found[missing]
        place = last.xy[missing[seen]]
        scale = -0.5 / max(NEAR * body, STRIDE) ** 2
        near_x = np.exp(scale * (columns - place[:, :1]) ** 2)
        near_y = np.exp(scale * (rows - place[:, 1:]) ** 2)
        weight[seen] *= np.maximum(ANYWHERE, near_y[:, :, None] * near_x[:, None, :])
    for other in others:
        _keep_off(weight, missing, other)
    flat = (maps * weight).reshape(len(missing), -1)
    best = flat.argmax(1)
    row, column = best // maps.shape[2], best % maps.shape[2]
    number = np.arange(len(missing))
    value = maps[number, row, column]
    take = (value >= lowest) & (weight[number, row, column] > 0)
    xy, score = person.xy.copy(), person.score.copy()
    padded = padded_maps(maps)
    cell = (number * padded.shape[1] + row + 1) * padded.shape[2] + column + 1
    refined = refine(
        cell, padded.reshape(-1)[cell[:, None] + offsets(padded.shape[2])], padded.shape
    )
    xy[missing[take]], score[missing[take]] = refined[take], np.minimum(value[take], 1)
    return Person(xy, score)


def _keep_off(weight: np.ndarray, kinds: np.ndarray, other: Person) -> None:
    """Excludes another person's peaks."""
    for number, kind in enumerate(kinds.tolist()):
        if other.found[kind]:
            column, row = np.rint((other.xy[kind] + 0.5) / STRIDE - 0.5).astype(int)
            weight[number, max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3] = 0
