"""The file of annotated frames."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.sinks.video.sink import VideoSink
from tests.sinks.video.making import sitting, update


def test_every_frame_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoSink(path, 10, "sit-up", find_exercise("sit-up")) as sink:
        for number in range(12):
            sink.update(update(sitting(0.8, t_s=number / 10), size=(128, 96)))
        assert not path.exists()
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 12
    assert (video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (128, 96)


def test_after_an_error_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError), VideoSink(tmp_path / "a.mp4", 10, "sit-up", None) as sink:
        sink.update(update(sitting(0.8), size=(128, 96)))
        raise KeyError
    assert not list(tmp_path.iterdir())
