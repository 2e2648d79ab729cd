"""Completes decoded bodies from the heatmaps.

Part affinity fields separate people, but where a field is weak (a foreshortened trunk, an arm in
front of the body) the greedy assembly leaves a body in pieces. For the tracked person there is
better evidence: where each keypoint was a moment ago, and which peaks belong to somebody else.
"""

from __future__ import annotations

import numpy as np

from edge_app.pose.decode import HERE, POINTS, offsets, padded_maps, refine
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
    reach = AROUND * body if last is not None else body
    x, columns = _within(low[0] - reach, high[0] + reach, heatmaps.shape[2])
    y, rows = _within(low[1] - reach, high[1] + reach, heatmaps.shape[1])
    if not len(columns) or not len(rows):
        return person
    maps = heatmaps[missing]
    weight = np.ones((len(missing), len(rows), len(columns)), np.float32)
    if last is not None:
        seen = last.found[missing]
        place = last.xy[missing[seen]]
        scale = -0.5 / max(NEAR * body, STRIDE) ** 2
        near_x = np.exp(scale * (columns - place[:, :1]) ** 2)
        near_y = np.exp(scale * (rows - place[:, 1:]) ** 2)
        weight[seen] = np.maximum(ANYWHERE, near_y[:, :, None] * near_x[:, None, :])
    for other in others:
        _keep_off(weight, missing, other, (x, y))
    weighted = maps[:, y : y + len(rows), x : x + len(columns)] * weight
    best = weighted.reshape(len(missing), -1).argmax(1)
    row, column = np.divmod(best, len(columns))
    number = np.arange(len(missing))
    possible = weight[number, row, column] > 0
    padded = padded_maps(maps)
    cell = (number * padded.shape[1] + row + y + 1) * padded.shape[2] + column + x + 1
    around = padded.reshape(-1)[cell[:, None] + offsets(padded.shape[2])]
    value = around[:, HERE]
    take = (value >= lowest) & possible
    xy, score = person.xy.copy(), person.score.copy()
    xy[missing[take]] = refine(cell[take], around[take], padded.shape)
    score[missing[take]] = np.minimum(value[take], 1)
    return Person(xy, score)


def _within(low: float, high: float, cells: int) -> tuple[int, np.ndarray]:
    """The first cell whose centre lies between two input pixels, and the centres of all that do."""
    centres = (np.arange(cells, dtype=np.float32) + 0.5) * STRIDE - 0.5
    inside = np.flatnonzero((centres > low) & (centres < high))
    return (int(inside[0]) if len(inside) else 0), centres[inside]


def _keep_off(
    weight: np.ndarray, kinds: np.ndarray, other: Person, corner: tuple[int, int]
) -> None:
    """Excludes another person's peaks; `corner` is the first cell of the weights."""
    for number, kind in enumerate(kinds.tolist()):
        if other.found[kind]:
            cell = np.rint((other.xy[kind] + 0.5) / STRIDE - 0.5).astype(int) - corner
            (x0, y0), (x1, y1) = np.maximum(cell - 2, 0), np.maximum(cell + 3, 0)
            weight[number, y0:y1, x0:x1] = 0
