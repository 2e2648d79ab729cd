"""Writes pictures as H.264 in an MP4 that browsers play."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Mapping

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.ffmpeg import av

TICKS_PER_S = 90000
INDEX_FIRST = "+faststart"  # plays while it is still loading
FRAGMENTED = "frag_keyframe+empty_moov+default_base_moof"  # plays even if it was never finished


class H264Writer:
    """One video; its size is the first picture's, made even.

    Args:
        path: of the .mp4; an existing file is overwritten and keeps its permissions.
        fps: nominal pictures per second.
        crf: x264's quality, lower is better.
        movflags: `INDEX_FIRST` or `FRAGMENTED`.
        pixels: format of the pictures: bgr24 or rgb24.
        options: more of x264's options.

    Raises:
        InputError: the file cannot be written, such as on a full disk.
    """

    def __init__(
        self,
        path: Path,
        fps: float,
        crf: int,
        movflags: str = INDEX_FIRST,
        pixels: str = "bgr24",
        options: Mapping[str, str] | None = None,
    ) -> None:
        self._path, self._fps, self._pixels = path, fps, pixels
        self._options = {"crf": str(crf), "preset": "veryfast", **(options or {})}
        self._last_ticks = -1
        self._stream: Any = None
        file_options = {"movflags": movflags}
        if movflags == FRAGMENTED:
            file_options["flush_packets"] = "1"  # to the disk, not into a buffer
        try:
            # The prefix keeps a name such as 10:30.mp4 from being taken for an address.
            self._container: Any = av.open(f"file:{path}", "w", format="mp4", options=file_options)
        except (av.FFmpegError, OSError) as exc:
            raise self._error(exc) from exc

    def add(self, image: np.ndarray, t_s: float) -> None:
        """Adds a picture, (h, w, 3) uint8, to be shown from `t_s` seconds on; times increase."""
        try:
            if self._stream is None:
                self._begin(*image.shape[:2])
            bottom = self._stream.height - image.shape[0]
            right = self._stream.width - image.shape[1]
            if bottom or right:
                image = cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format=self._pixels)
            self._last_ticks = max(round(t_s * TICKS_PER_S), self._last_ticks + 1)
            frame.pts, frame.time_base = self._last_ticks, Fraction(1, TICKS_PER_S)
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as exc:
            raise self._error(exc) from exc

    def close(self) -> None:
        """Writes what is left and closes the file."""
        try:
            if self._stream is not None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.FFmpegError, OSError) as exc:
            raise self._error(exc) from exc

    def _begin(self, height_px: int, width_px: int) -> None:
        rate = Fraction(self._fps).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=self._options)
        self._stream.width, self._stream.height = width_px + width_px % 2, height_px + height_px % 2
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, TICKS_PER_S)

    def _error(self, exc: Exception) -> InputError:
        return InputError(f"cannot write {self._path}: {getattr(exc, 'strerror', None) or exc}")
