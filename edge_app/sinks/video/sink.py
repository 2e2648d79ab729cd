"""Writes one lane's annotated frames as H.264."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Generator

import imageio_ffmpeg

from edge_app.exercise.definition import Exercise
from edge_app.files import whole_file
from edge_app.pipeline.update import Result, Update
from edge_app.sinks.video.overlay import Overlay


class VideoSink(AbstractContextManager):  # type: ignore[type-arg]  # not generic on Python 3.8
    """Writes one .mp4 that plays in browsers; the file appears completely or not at all.

    Args:
        path: of the .mp4.
        fps: of the video.
        title: shown under the count.
        exercise: determines the angle to draw; None draws none.
    """

    def __init__(self, path: Path, fps: float, title: str, exercise: Exercise | None) -> None:
        self._stack = ExitStack()
        self._path = self._stack.enter_context(whole_file(path))
        self._fps = fps
        self._overlay = Overlay(title, exercise)
        self._writer: Generator[None, bytes, None] | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()
        self._stack.__exit__(kind, error, trace)

    def update(self, update: Update) -> None:
        image = self._overlay.draw(update)
        if self._writer is None:
            self._writer = imageio_ffmpeg.write_frames(
                str(self._path), (image.shape[1], image.shape[0]), pix_fmt_in="bgr24",
                fps=self._fps, codec="libx264", quality=None, macro_block_size=2,
                output_params=["-crf", "24", "-preset", "veryfast", "-movflags", "+faststart"],
            )  # fmt: skip
            self._writer.send(None)  # type: ignore[arg-type]
        self._writer.send(image.tobytes())

    def finish(self, result: Result) -> None:
        """Finishes the file."""
