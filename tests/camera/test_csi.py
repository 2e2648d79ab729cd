"""Cameras of a Jetson."""

from __future__ import annotations

import cv2
import pytest

from edge_app.camera.contract import Address
from edge_app.camera.csi import csi_pipeline, open_address
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
