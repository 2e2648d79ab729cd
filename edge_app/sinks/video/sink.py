"""Writes one lane's annotated frames as H.264."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType

from edge_app.exercise.definition import Exercise
from edge_app.files import whole_file
from edge_app.pipeline.update import Result, Update
from edge_app.sinks.video.h264 import H264Writer
from edge_app.sinks.video.overlay import Overlay

LONGEST_GAP_S = 2.0  # a longer one in the clip is shortened to this


class VideoSink(AbstractContextManager):  # type: ignore[type-arg]  # not generic on Python 3.8
    """Writes one .mp4 that plays in browsers; the file appears completely or not at all.

    Every frame is shown as long as in the clip.

    Args:
        path: of the .mp4.
        fps: nominal, of the clip.
        title: shown under the count.
        exercise: determines the angle to draw; None draws none.
    """

    def __init__(self, path: Path, fps: float, title: str, exercise: Exercise | None) -> None:
        self._stack = ExitStack()
        self._path = self._stack.enter_context(whole_file(path))
        self._overlay = Overlay(title, exercise)
        self._writer = H264Writer(self._path, fps, crf=24)
        self._t_s = self._clip_s = 0.0  # of the last frame, here and in the clip

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        self._stack.__exit__(kind, error, trace)

    def update(self, update: Update) -> None:
        clip_s = update.frame.t_s
        self._t_s += min(clip_s - self._clip_s, LONGEST_GAP_S)
        self._clip_s = clip_s
        self._writer.add(self._overlay.draw(update), self._t_s)

    def finish(self, result: Result) -> None:
        """Finishes the file."""
