"""Frames to input and back: half a pixel matters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_app.pose.preprocess import GREY, letterbox, look_at, preprocess

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
