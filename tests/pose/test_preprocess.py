"""Frames to input and back: half a pixel matters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_app.pose.preprocess import GREY, _cut, halve, letterbox, look_at, preprocess

INPUT = (256, 256)
VIEWS = {
    "whole frame": lambda: letterbox((480, 640), INPUT),
    "turned left": lambda: letterbox((480, 640), INPUT, 90),
    "turned right": lambda: letterbox((480, 640), INPUT, -90),
    "crop": lambda: look_at((400, 200), 180, 0, INPUT),
    "tilted crop": lambda: look_at((250.5, 260.25), 200, 37, INPUT),
    "enlarged": lambda: look_at((320, 240), 90, -120, INPUT),
}


@pytest.mark.parametrize("name", VIEWS)
def test_coordinates_come_back(name: str) -> None:
    view = VIEWS[name]()
    xy = np.random.default_rng(1).uniform(0, 480, (18, 2))
    np.testing.assert_allclose(view.to_image(view.to_input(xy)), xy, atol=1e-9)


@pytest.mark.parametrize("name", VIEWS)
def test_a_dot_lands_where_the_transform_says(name: str) -> None:
    view = VIEWS[name]()
    place = np.array([330.0, 230.0])
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(image, (330, 230), 6, (255, 255, 255), -1, cv2.LINE_AA)
    blob = preprocess(image, view, INPUT)
    light = np.clip(blob[0].mean(0) + 1, 0, None)
    light[light < 1.2] = 0  # what lies outside the frame is grey: 1.0
    ys, xs = np.mgrid[:256, :256]
    centre = np.array([(light * xs).sum(), (light * ys).sum()]) / light.sum()
    assert np.abs(centre - view.to_input(place)).max() < 0.5


def test_a_large_frame_is_shrunk_without_a_shift() -> None:
    view = letterbox((2160, 3840), INPUT)
    image = np.zeros((2160, 3840, 3), np.uint8)
    cv2.circle(image, (1000, 700), 40, (255, 255, 255), -1)
    light = preprocess(image, view, INPUT)[0].mean(0) + 1
    light[light < 1.2] = 0
    ys, xs = np.mgrid[:256, :256]
    centre = np.array([(light * xs).sum(), (light * ys).sum()]) / light.sum()
    assert np.abs(centre - view.to_input(np.array([1000.0, 700.0]))).max() < 0.3


def test_turning_by_90_shows_right_as_up() -> None:
    view = letterbox((100, 100), INPUT, 90)
    right_of_centre = view.to_input(np.array([90.0, 49.5]))
    assert right_of_centre[1] < 60 and abs(right_of_centre[0] - 127.5) < 1


def test_values_are_rgb_from_minus_one_to_one_and_grey_outside() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[:] = (255, 0, 0)  # blue in OpenCV's order
    blob = preprocess(image, letterbox((100, 200), INPUT), INPUT)
    assert blob.shape == (1, 3, 256, 256) and blob.dtype == np.float32
    np.testing.assert_allclose(blob[0, :, 128, 128], (-1, -1, 1), atol=1e-6)
    np.testing.assert_allclose(blob[0, :, 2, 128], np.array(GREY) / 127.5 - 1, atol=1e-6)


def test_the_given_buffer_is_filled() -> None:
    out = np.empty((1, 3, *INPUT), np.float32)
    image = np.full((50, 50, 3), 77, np.uint8)
    assert preprocess(image, letterbox((50, 50), INPUT), INPUT, out) is out
    np.testing.assert_allclose(out[..., 9:-9, 9:-9], 77 / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_a_shrunk_part_is_that_of_the_whole_shrunk_frame(seed: int) -> None:
    rng = np.random.default_rng(seed)
    factor = int(rng.choice([2, 4, 8]))
    image = cv2.GaussianBlur(rng.integers(0, 256, (720, 1280, 3), dtype=np.uint8), (0, 0), 5)
    image = cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX)
    side_px = 192 * factor * rng.uniform(1.01, 1.9)
    centre = (float(rng.uniform(0, 1280)), float(rng.uniform(0, 720)))  # may reach beyond
    view = look_at(centre, side_px, float(rng.uniform(0, 360)), (192, 192))
    small = cv2.resize(image, (1280 // factor, 720 // factor), interpolation=cv2.INTER_AREA)
    shift = view.to_input(np.full(2, (factor - 1) / 2))
    matrix = np.hstack([view.matrix[:, :2] * factor, shift[:, None]])
    wanted = cv2.warpAffine(small, matrix, (192, 192), borderValue=GREY)[..., ::-1]
    got = (preprocess(image, view, (192, 192))[0].transpose(1, 2, 0) + 1) * 127.5
    off = np.abs(got - wanted)
    assert off.max() <= 3 and off.mean() < 0.5  # halved again and again, rounded each time


def test_a_view_beside_the_frame_is_grey_and_a_tiny_frame_no_fault() -> None:
    image = np.full((720, 1280, 3), 7, np.uint8)
    blob = preprocess(image, look_at((9000, 9000), 800, 20, INPUT), INPUT)
    np.testing.assert_allclose(blob, 128 / 127.5 - 1, atol=1e-6)
    for hw in ((1, 1), (3, 5), (2, 900)):
        seen = preprocess(np.full((*hw, 3), 7, np.uint8), look_at((0, 0), 4000, 0, INPUT), INPUT)
        assert np.isfinite(seen).all()


@pytest.mark.parametrize("seed", range(20))
def test_shrinking_ahead_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(300, 900, 2).tolist()
    image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    x, y = rng.uniform(0.3, 0.7, 2) * (width, height)
    side_px = float(rng.uniform(1.5, 4.0)) * 128
    expected = look_at((x, y), side_px, 20.0, (64, 128))
    view = look_at((x + 0.02 * side_px, y - 0.02 * side_px), 1.01 * side_px, 23.0, (64, 128))
    ahead = halve(image, expected, (64, 128), margin=0.125)
    assert ahead is not None and _cut(image, view, (64, 128), ahead) is not None
    wanted = preprocess(image, view, (64, 128))
    np.testing.assert_array_equal(preprocess(image, view, (64, 128), ahead=ahead), wanted)
    elsewhere = look_at((width - x, height - y), side_px, 90.0, (64, 128))
    wanted = preprocess(image, elsewhere, (64, 128))
    np.testing.assert_array_equal(preprocess(image, elsewhere, (64, 128), ahead=ahead), wanted)
    wanted = preprocess(image, view, (64, 128))
    ahead.picture[:] = 0
    assert (preprocess(image, view, (64, 128), ahead=ahead) != wanted).any(), "it was used"
