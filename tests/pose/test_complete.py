"""Bodies in pieces are made whole, other people's keypoints are left to them."""

from __future__ import annotations

import numpy as np

from edge_app.pose.complete import complete
from edge_app.pose.decode import decode
from edge_app.pose.person import Person
from edge_app.skeleton import INDEX
from tests.pose.people import draw, standing


def test_a_body_without_fields_is_found_by_where_it_was() -> None:
    truth = standing(128, 128)
    heatmaps, fields = draw([truth])
    xy, _score = decode(heatmaps, fields * 0)
    assert len(xy) == 0
    last = Person(truth + 6, np.ones(18))
    (found,) = complete([], heatmaps, last, 0.06)
    assert found.found.all() and np.abs(found.xy - truth).max() < 0.5


def test_a_missing_limb_is_filled_without_a_lock() -> None:
    truth = standing(128, 128)
    heatmaps, fields = draw([truth])
    fields[4:8] = 0  # the right arm's field fails
    people = [Person(p, s) for p, s in zip(*decode(heatmaps, fields))]
    found = complete(people, heatmaps, None, 0.1)[0]
    assert np.abs(found.xy[INDEX["right_wrist"]] - truth[INDEX["right_wrist"]]).max() < 0.5


def test_somebody_elses_wrist_is_not_taken() -> None:
    own, other = standing(90, 128), standing(150, 128)
    heatmaps, fields = draw([own, other])
    wrist = INDEX["left_wrist"]
    only_other = draw([other])[0]
    heatmaps[wrist] = only_other[wrist]  # my own is hidden
    people = [Person(p, s) for p, s in zip(*decode(heatmaps, fields))]
    found = complete(people, heatmaps, Person(own, np.ones(18)), 0.06)[0]
    assert np.abs(found.xy[1] - own[1]).max() < 0.5
    assert not found.found[wrist]


def test_nothing_is_made_from_nothing() -> None:
    empty = np.zeros((19, 32, 32), np.float32)
    last = Person(standing(128, 128), np.ones(18))
    (found,) = complete([], empty, last, 0.06)
    assert not found.found.any()
    assert complete([], empty, None, 0.06) == []
