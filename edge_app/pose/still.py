"""The people in one still picture."""

from __future__ import annotations

import numpy as np

from edge_app.pose.complete import complete
from edge_app.pose.decode import PEAK, decode, sane
from edge_app.pose.estimator import CLOSE_PEAK
from edge_app.pose.person import FEWEST_KEYPOINTS, Person, close_look, framing, similarity
from edge_app.pose.preprocess import Transform, letterbox, preprocess
from edge_app.pose.tracker import SEARCH_TURNS_DEG, SURE_CLOSELY
from edge_app.runtime.contract import Backend

SAME_PERSON = 0.4  # similarity above which two detections are one person
LOOKED_AT = 12  # people per picture that get a close look, the most prominent first


def one_look(image: np.ndarray, backend: Backend) -> list[Person]:
    """One look at the whole picture, upright, as papers measure.

    Args:
        image: (height, width, 3) uint8, BGR.
        backend: the network.

    Returns:
        The people, in pixels of the picture.
    """
    view = letterbox((image.shape[0], image.shape[1]), backend.input_hw)
    return _people(backend, image, view, None)


def find_people(image: np.ndarray, backend: Backend) -> list[Person]:
    """Search and close looks, as the device does over several frames.

    Looks at the whole picture upright and turned by ±90°, then at each person found, upright and
    large. Arguments and result as for `one_look`, the highest score first.
    """
    found: list[Person] = []
    for turn in SEARCH_TURNS_DEG:
        view = letterbox((image.shape[0], image.shape[1]), backend.input_hw, turn)
        found += _people(backend, image, view, None)
    close = [_close_look(backend, image, p) for p in _different(found)[:LOOKED_AT]]
    return _different([p for p in close if p is not None])


def _people(
    backend: Backend, image: np.ndarray, view: Transform, last: Person | None
) -> list[Person]:
    """The people decoded in one view, in picture pixels; `last` comes from an earlier look."""
    heatmaps, pafs = map(sane, backend.infer(preprocess(image, view, backend.input_hw)))
    lowest = PEAK if last is None else CLOSE_PEAK
    people = [Person(p, s) for p, s in zip(*decode(heatmaps, pafs, lowest))]
    known = None if last is None else Person(view.to_input(last.xy), last.score)
    people = complete(people, heatmaps, known, lowest)
    if last is None:
        people = [p for p in people if p.worth_tracking]
    found = [p for p in people if p.found.sum() >= FEWEST_KEYPOINTS]
    return [Person(view.to_image(p.xy), p.score) for p in found]


def _close_look(backend: Backend, image: np.ndarray, person: Person) -> Person | None:
    side, turn_deg = framing(person)
    view = close_look(person, side, turn_deg or 0.0, backend.input_hw)
    people = _people(backend, image, view, person)
    closely = max(people, key=lambda p: similarity(p, person, side) * p.score.sum(), default=None)
    return None if closely is None or closely.score.sum() < SURE_CLOSELY else closely


def _different(people: list[Person]) -> list[Person]:
    """The best detection of each person."""
    kept: list[Person] = []
    for person in sorted(people, key=lambda p: -p.score.sum()):
        size = person.extent_px
        if all(similarity(person, k, min(size, k.extent_px)) < SAME_PERSON for k in kept):
            kept.append(person)
    return kept
