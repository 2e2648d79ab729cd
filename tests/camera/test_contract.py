"""What all cameras share: a picture and, where it has one, its own time."""

from __future__ import annotations

import numpy as np

from edge_app.camera.contract import Address, Shot


def test_a_picture_without_a_time_of_its_own_says_so() -> None:
    assert Shot(np.zeros((2, 2, 3), np.uint8)).t_s is None


def test_an_address_without_a_mode_is_played_as_it_comes() -> None:
    assert Address("usb", "").mode == ""
