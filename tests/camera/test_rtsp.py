"""Network cameras."""

from __future__ import annotations

import pytest

from edge_app.camera.contract import Address
from edge_app.camera.rtsp import open_address, without_password
from edge_app.errors import InputError


def test_a_password_in_a_url_is_not_shown() -> None:
    assert without_password("rtsp://who:secret@hall/1") == "rtsp://hall/1"
    assert without_password("rtsp://hall/1") == "rtsp://hall/1"


def test_a_camera_that_does_not_answer_is_named_without_its_password() -> None:
    url = "rtsp://who:secret@127.0.0.1:1/hall"
    with pytest.raises(InputError, match=r"no picture from rtsp://127\.0\.0\.1:1/hall"):
        open_address(Address("rtsp", url))
