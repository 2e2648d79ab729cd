"""Heatmaps and fields to people."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_app.pose.decode import decode, find_peaks, sane
from edge_app.pose.preprocess import letterbox, look_at
from edge_app.skeleton import INDEX
from tests.pose.people import draw, standing


@pytest.mark.parametrize(
    "place",
    [
        (128.0, 128.0),  # the picture's middle
        (120.3, 130.9),  # between cells
        (124.0, 123.5),  # on a cell's edge
        (100.7, 150.1),
    ],
)
def test_one_person_comes_back_within_a_tenth_of_a_pixel(place: tuple[float, float]) -> None:
    truth = standing(*place)
    people, scores = decode(*draw([truth]))
    assert len(people) == 1 and (scores[0] > 0).all()
    assert np.abs(people[0] - truth).max() < 0.1


@pytest.mark.parametrize("turn_deg", [0, 45, 90, 135, 180, -90])
def test_any_orientation(turn_deg: float) -> None:
    truth = standing(128, 128, turn_deg=turn_deg)
    people, scores = decode(*draw([truth]))
    assert len(people) == 1 and (scores[0] > 0).sum() == 18
    assert np.abs(people[0] - truth).max() < 0.1


def test_three_people_are_told_apart() -> None:
    truth = [standing(50, 128), standing(128, 120, 1.1), standing(205, 130, 0.9)]
    people, scores = decode(*draw(truth))
    assert len(people) == 3 and (scores > 0).all()
    for person in truth:
        assert min(np.abs(found - person).max() for found in people) < 1.0


def test_crossing_arms_go_to_their_owners() -> None:
    left, right = standing(90, 128), standing(160, 128)
    left[INDEX["left_wrist"]], right[INDEX["right_wrist"]] = (135, 100), (115, 100)
    people, _ = decode(*draw([left, right]))
    first = min(people, key=lambda p: p[INDEX["neck"]][0])
    assert np.abs(first[INDEX["left_wrist"]] - (135, 100)).max() < 1.0


def test_an_empty_picture_has_nobody() -> None:
    people, scores = decode(np.zeros((19, 32, 32), np.float32), np.zeros((38, 32, 32), np.float32))
    assert people.shape == (0, 18, 2) and scores.shape == (0, 18)


def test_noise_below_the_threshold_makes_no_peak() -> None:
    noise = np.random.default_rng(0).uniform(0, 0.09, (19, 32, 32)).astype(np.float32)
    assert len(find_peaks(noise)[0]) == 0


def test_a_crowd_is_bounded() -> None:
    noise = np.random.default_rng(0).uniform(0, 1, (19, 32, 32)).astype(np.float32)
    kind, _, score = find_peaks(noise)
    assert np.bincount(kind).max() <= 20
    assert all((np.diff(score[kind == k]) <= 0).all() for k in range(18))


def test_a_plateau_is_one_peak() -> None:
    heatmaps = np.zeros((19, 32, 32), np.float32)
    heatmaps[0, 10:12, 10:12] = 0.8
    kind, xy, _ = find_peaks(heatmaps)
    assert len(kind) == 1
    assert np.abs(xy[0] - (87.5, 87.5)).max() <= 4.5


@pytest.mark.parametrize(
    "view",
    [
        letterbox((480, 640), (256, 256)),
        look_at((330, 240), 300, 60, (256, 256)),
        look_at((310, 250), 260, -90, (256, 256)),
    ],
)
def test_frame_to_input_to_frame_within_half_a_pixel(view) -> None:
    """The localisation test: drawn in the frame, warped, decoded, mapped back."""
    truth = standing(320, 240, 1.3)
    point = truth[INDEX["left_knee"]]
    ys, xs = np.mgrid[:480, :640]
    sigma = 7 / view.scale
    frame = np.exp(-((xs - point[0]) ** 2 + (ys - point[1]) ** 2) / (2 * sigma**2))
    seen = cv2.warpAffine(frame.astype(np.float32), view.matrix, (256, 256))
    heatmaps = np.zeros((19, 32, 32), np.float32)
    heatmaps[0] = seen.reshape(32, 8, 32, 8).mean((1, 3))
    _, xy, _ = find_peaks(heatmaps)
    assert len(xy) == 1
    assert np.abs(view.to_image(xy[0].astype(float)) - point).max() < 0.5


def test_values_that_no_sound_network_gives_are_nobody() -> None:
    maps = np.full((2, 3, 3), 0.5, np.float32)
    assert sane(maps) is maps
    maps[0, 0] = np.nan, np.inf, -1e30
    assert sane(maps)[0, 0].tolist() == [0, 0, 0] and sane(maps)[1].min() == 0.5
