"""Turned and mirrored pictures."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from edge_app.camera.orientation import ROTATIONS_DEG, Orientation, of_display_matrix

PICTURE = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
ONE = 65536


@pytest.mark.parametrize("rotate_deg", ROTATIONS_DEG)
@pytest.mark.parametrize("mirror", [False, True])
def test_a_turn_comes_before_the_mirror(rotate_deg: int, mirror: bool) -> None:
    turned = np.rot90(PICTURE, -rotate_deg // 90)
    expected = turned[:, ::-1] if mirror else turned
    np.testing.assert_array_equal(Orientation(rotate_deg, mirror).apply(PICTURE), expected)


@pytest.mark.parametrize(
    ("a", "b", "c", "d", "orientation"),
    [
        (ONE, 0, 0, ONE, Orientation()),
        (0, ONE, -ONE, 0, Orientation(90)),
        (-ONE, 0, 0, -ONE, Orientation(180)),
        (0, -ONE, ONE, 0, Orientation(270)),
        (-ONE, 0, 0, ONE, Orientation(0, mirror=True)),
        (ONE, 0, 0, -ONE, Orientation(180, mirror=True)),
        (0, ONE, ONE, 0, Orientation(90, mirror=True)),
    ],
)
def test_a_display_matrix_moves_each_pixel_where_it_says(
    a: int, b: int, c: int, d: int, orientation: Orientation
) -> None:
    found = of_display_matrix(struct.pack("=9i", a, b, 0, c, d, 0, 0, 0, 1 << 30))
    assert found == orientation
    image = np.zeros((3, 3, 3), np.uint8)  # around its middle: pixel (x, y) = (1, 0)
    image[1, 2] = 255
    x, y = a // ONE, b // ONE
    assert found.apply(image)[1 + y, 1 + x, 0] == 255
