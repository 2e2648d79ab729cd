"""Draws what a teacher looks at: skeleton, count, the counting signal, the last rejection."""

from __future__ import annotations

import unicodedata
from collections import deque
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Generator

import cv2
import imageio_ffmpeg
import numpy as np

from edge_app.files import whole_file
from edge_app.pipeline.update import Result, Update
from edge_app.session.attempt import Verdict
from edge_app.skeleton import KEYPOINTS, LIMBS
from edge_app.values import Pose

LARGEST_SIDE_PX = 1280
CURVE_S = 8.0  # time the curve shows
SHOWN = 0.1  # lowest score of a keypoint that is drawn
REJECTION_S = 4.0  # how long the last rejection stays
LEFT, RIGHT, MIDDLE = (80, 160, 255), (255, 170, 60), (230, 230, 230)  # BGR
GOOD, BAD, INK = (110, 220, 90), (70, 70, 245), (255, 255, 255)
FONT = cv2.FONT_HERSHEY_DUPLEX
IN_ASCII = str.maketrans({"–": "-", "’": "'", "«": '"', "»": '"', "ß": "ss"})


def draw_pose(image: np.ndarray, pose: Pose, scale: float = 1.0) -> None:
    """Skeleton onto a picture; `scale` is picture pixels per pose pixel."""
    there = pose.score >= SHOWN
    points = np.round(pose.xy * scale).astype(int)
    thick = max(2, round(min(image.shape[:2]) / 160))
    for a, b in LIMBS[:17]:  # the last two join ears and shoulders: no bone is there
        if there[a] and there[b]:
            cv2.line(image, tuple(points[a]), tuple(points[b]), _side(b), thick, cv2.LINE_AA)
    for index in np.flatnonzero(there).tolist():
        cv2.circle(image, tuple(points[index]), thick + 1, _side(index), -1, cv2.LINE_AA)


def _side(index: int) -> tuple[int, int, int]:
    name = KEYPOINTS[index]
    return LEFT if name.startswith("left") else RIGHT if name.startswith("right") else MIDDLE


class Overlay:
    """Keeps the last seconds of the signal and draws one frame at a time."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._curve: deque[tuple[float, float]] = deque()
        self._last: Verdict | None = None

    def draw(self, step: Update) -> np.ndarray:
        """The frame with everything drawn on it, at most 1280 pixels wide or high, even sides."""
        height, width = step.frame.image.shape[:2]
        scale = min(1.0, LARGEST_SIDE_PX / max(height, width))
        size = (max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2))
        image = cv2.resize(step.frame.image, size, interpolation=cv2.INTER_AREA)
        if step.judged:
            self._last = step.judged[-1].verdict
        draw_pose(image, step.pose, scale)
        self._draw_curve(image, step)
        self._draw_count(image, step)
        return image

    def _draw_count(self, image: np.ndarray, step: Update) -> None:
        height = image.shape[0]
        pad = height // 40
        _text(image, str(step.score), (pad, int(height * 0.2)), height / 170, INK)
        _text(image, self._title, (pad, int(height * 0.2) + 2 * pad), height / 900, INK)
        last = self._last
        if last is not None and step.frame.t_s - last.rep.end_s < REJECTION_S:
            said = " ".join(r.sentence for r in last.reasons) or f"good: {last.rep.score:.2f}"
            number = last.rep.number
            text = f"{number}: {said}" if last.counted else f"x {number}: {said}"
            colour = GOOD if last.counted else BAD
            _text(image, text, (pad, int(height * 0.2) + 5 * pad), height / 720, colour)

    def _draw_curve(self, image: np.ndarray, step: Update) -> None:
        now, signal = step.frame.t_s, step.signal
        if signal is None:
            return
        self._curve.append((now, signal.progress))
        while self._curve[0][0] < now - CURVE_S:
            self._curve.popleft()
        height, width = image.shape[:2]
        top, bottom = int(height * 0.8), height - height // 40
        panel = image[top - height // 60 :]
        panel[:] = panel // 3

        def place(t_s: float, progress: float) -> tuple[int, int]:
            x = width * (1 - (now - t_s) / CURVE_S)
            y = bottom - (bottom - top) * np.clip(progress, -0.25, 1.25) / 1.5 - (bottom - top) / 6
            return int(x), int(y)

        for level in (signal.thresholds.returned, signal.thresholds.reached):
            if np.isfinite(level):
                start, end = place(now - CURVE_S, level), place(now, level)
                cv2.line(image, start, end, (160, 160, 160), 1, cv2.LINE_AA)
        known = [(t, p) for t, p in self._curve if np.isfinite(p)]
        for (t0, p0), (t1, p1) in zip(known, known[1:]):
            if t1 - t0 < 0.5:
                cv2.line(image, place(t0, p0), place(t1, p1), GOOD, 2, cv2.LINE_AA)


def drawable(text: str) -> str:
    """What OpenCV's fonts can draw of a text: ASCII, accents and the degree sign gone."""
    text = unicodedata.normalize("NFKD", text.translate(IN_ASCII))
    return text.encode("ascii", "ignore").decode()


def _text(
    image: np.ndarray, text: str, at: tuple[int, int], size: float, colour: tuple[int, int, int]
) -> None:
    """Text with a dark shadow, made smaller until it fits the picture's width."""
    text = drawable(text)
    thick = max(1, round(size * 1.6))
    (width, _), _ = cv2.getTextSize(text, FONT, size, thick)
    size *= min(1.0, (image.shape[1] - 2 * at[0]) / max(width, 1))
    rim = max(1, round(size))
    for dx, dy in ((-rim, 0), (rim, 0), (0, -rim), (0, rim), (rim, rim)):
        place = (at[0] + dx, at[1] + dy)
        cv2.putText(image, text, place, FONT, size, (0, 0, 0), thick, cv2.LINE_AA)
    cv2.putText(image, text, at, FONT, size, colour, thick, cv2.LINE_AA)


class VideoSink(AbstractContextManager):  # type: ignore[type-arg]  # not generic on Python 3.8
    """Writes one lane's annotated frames as H.264; the file appears whole or not at all.

    Args:
        path: of the .mp4.
        fps: of the video.
        title: stands under the count.
    """

    def __init__(self, path: Path, fps: float, title: str) -> None:
        self._stack = ExitStack()
        self._path = self._stack.enter_context(whole_file(path))
        self._fps = fps
        self._overlay = Overlay(title)
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
        """The last picture has been drawn."""
