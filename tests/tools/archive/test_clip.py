"""One clip of an archive, counted as a process of the cluster does."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import pytest

pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")

from edge_app.camera.clip import ClipSource
from edge_app.ledger.evidence import join, unpack
from edge_app.tools.archive import clip as room
from edge_app.tools.archive.clip import count_clip
from edge_app.tools.archive.job import Counted, Job

SQUATS = Job(exercise="squat", protocol=None)
FRAMES = 25


@pytest.fixture
def short(data: Path, tmp_path: Path) -> Path:
    """The first second of the shipped squats."""
    path = tmp_path / "short.mp4"
    with ClipSource(data / "squat.mp4") as source:
        size = (source.width, source.height)
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), source.fps, size)
        for frame in islice(source, FRAMES):
            writer.write(frame.image)
        writer.release()
    return path


def test_the_evidence_is_packed_in_parts_and_has_every_frame(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "SAMPLES_A_PART", 10)
    counted = count_clip(str(short), SQUATS)
    assert isinstance(counted, Counted)
    assert [frames for frames, _ in counted.evidence] == [10, 10, 5]
    track = join([unpack(data) for _, data in counted.evidence])
    assert track.t_s[0] == counted.start_s and len(track.t_s) == FRAMES
    assert (counted.model, counted.score, counted.ended) == ("pose-fast.onnx", 0, "")
    assert counted.verdicts == () and 0 < counted.seen <= FRAMES


@pytest.mark.parametrize(
    ("content", "job", "said"),
    [
        (b"text", SQUATS, "not a video"),
        (None, SQUATS, "no such file"),
        (b"", replace(SQUATS, program="0.0.0"), "has edge-reps"),
        (b"", replace(SQUATS, exercise="juggling"), "no exercise 'juggling'"),
    ],
)
def test_one_broken_clip_is_a_sentence(
    content: bytes | None, job: Job, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.mp4"
    if content is not None:
        path.write_bytes(content)
    outcome = count_clip(str(path), job)
    assert isinstance(outcome, str) and said in outcome
