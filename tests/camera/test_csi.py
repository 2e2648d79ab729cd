"""Cameras of a Jetson."""

from __future__ import annotations

import cv2
import pytest

from edge_app.camera.contract import Address
from edge_app.camera.csi import csi_pipeline, open_address
from edge_app.camera.orientation import UPRIGHT, Orientation
from edge_app.errors import InputError


def test_a_csi_camera_without_gstreamer_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    with pytest.raises(InputError, match="no GStreamer"):
        open_address(Address("csi", ""))


def test_a_sensor_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: True)
    with pytest.raises(InputError, match="no CSI camera at sensor 1"):
        open_address(Address("csi", "1"))


def test_the_pipeline_keeps_the_newest_picture_of_the_sensor() -> None:
    pipeline = csi_pipeline(1)
    assert "sensor-id=1 " in pipeline
    assert pipeline.endswith("appsink max-buffers=1 drop=true sync=false")


@pytest.mark.parametrize(
    ("orientation", "flip"),
    [(UPRIGHT, 0), (Orientation(90), 3), (Orientation(180), 2), (Orientation(0, True), 4)],
)
def test_the_jetson_turns_the_picture_itself(orientation: Orientation, flip: int) -> None:
    assert f"nvvidconv flip-method={flip} ! " in csi_pipeline(0, orientation)
