"""Decodes one clip with PyAV: times, colours, turns and damage as FFmpeg sees them."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Iterator, NamedTuple

import cv2
import numpy as np

from edge_app.camera.colour import Converter
from edge_app.camera.container import outline
from edge_app.camera.orientation import UPRIGHT, Orientation, of_display_matrix
from edge_app.errors import InputError
from edge_app.ffmpeg import av

USUAL_FPS = 25.0  # of a clip that names no rate
LONGEST_SIDE_PX, MOST_PIXELS = 16384, 36_000_000  # 8K: 7680 × 4320
BUFFER_BYTES = 1 << 18
BACK_S = 0.5  # a step back by more is another recording in the same file
SAME_S = 0.0005  # between two pictures for which the file gives the same time
GENPTS = 1  # AVFMT_FLAG_GENPTS
ATTACHED_RATE = 90000  # FFmpeg's rate of a cover picture
_CLOCK = re.compile(r"\d+:\d+:\d+(\.\d+)?$")
NEARLY_SQUARE = 0.01  # of a pixel: less bends no angle
MISSING_SHARE = 0.005  # a smaller part is not spoken of


class Picture(NamedTuple):
    """One decoded picture, as shown: (h, w, 3) uint8, BGR; seconds since the first."""

    image: np.ndarray
    t_s: float


# attributes: the file, what is known of it before, and what reading it has shown.
class Decoder:
    """Iterates over the pictures of one clip's video; nothing that the clip names is opened.

    Attributes:
        fps: nominal pictures per second; `USUAL_FPS` if the file names none.
        frame_count: pictures that the file announces, 0 if unknown; a guide for a progress bar.
        damage: after the last picture, what of the clip could not be read; "" if nothing.

    Raises:
        InputError: no such file, or nothing in it that can be shown; the message says why.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.damage = path, ""
        self._outline = outline(path)
        self._file = path.open("rb")
        try:
            self._container = _open(self._file)
            self._stream = _choose(self._container)
        except _NoVideoError as exc:
            self._file.close()
            raise InputError(f"cannot read {path}: {exc}") from exc
        self._stream.thread_type = "AUTO"
        self._aspect = float(self._stream.sample_aspect_ratio or 1)
        context = self._stream.codec_context
        self._converter = Converter(int(getattr(context, "color_trc", 0) or 0))
        rate = self._stream.average_rate or self._stream.guessed_rate
        # Of a bare stream FFmpeg makes up the rate; the codec may name the true one.
        self._timeless = self._container.duration is None and self._container.start_time is None
        named = self._stream.codec_context.framerate if self._timeless else None
        self.fps = _sane(named) or _sane(rate) or _sane(self._stream.guessed_rate) or USUAL_FPS
        seconds = self._seconds()
        self.frame_count = self._stream.frames or round((seconds or 0) * self.fps)
        self._read = self._bad = 0  # pictures; packets and pictures that could not be decoded
        self._last_s = 0.0  # since the file's first picture, in the file's own times
        self._first_s: float | None = None
        self._ended_early = False

    def close(self) -> None:
        """Closes the file."""
        self._container.close()
        self._file.close()

    def __iter__(self) -> Iterator[Picture]:
        shape: tuple[int, ...] = ()
        for frame, t_s in self._timed():
            image = self._shown(frame, first=not shape)
            if not shape:
                shape = image.shape
            elif image.shape != shape:  # some recorders change the size on the way
                image = cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
            yield Picture(image, t_s)
        self.damage = self._damage()

    def _damage(self) -> str:
        if self._outline.cut or self._ended_early:
            return self._end_missing()
        if self._bad:
            whole = self._stream.frames
            lost = whole - self._read if whole > self._read else self._bad
            of = f" of {whole}" if whole else ""
            return f"it is damaged: {lost}{of} pictures cannot be read"
        return "it is damaged: a part of it cannot be read" if self._outline.broken else ""

    def _end_missing(self) -> str:
        expected_s = self._seconds()
        there_s = self._last_s + 1 / self.fps
        if expected_s and there_s < expected_s * (1 - MISSING_SHARE):
            percent = max(1, round(100 * (1 - there_s / expected_s)))
            return f"it breaks off: the last {percent} % are missing"
        if expected_s and self._bad:
            return "it is damaged: a part in it is missing"
        return "it breaks off: its end is missing, how much is not known"

    def _seconds(self) -> float | None:
        """Length of the video from its first picture to its end, as the file announces it."""
        stream, base = self._stream, float(self._stream.time_base or Fraction(1, 1000))
        begin_s = (stream.start_time or 0) * base
        seconds: float | None = None
        tag = stream.metadata.get("DURATION", "")
        if self._container.format.name == "avi" and stream.frames:  # the index may be lost
            seconds = stream.frames / self.fps
        elif stream.duration:
            seconds = stream.duration * base
        elif _CLOCK.match(tag):
            parts = [float(part) for part in tag.split(":")]
            seconds = 3600 * parts[0] + 60 * parts[1] + parts[2] - begin_s
        elif self._container.duration and not self._container.streams.audio:
            end = self._container.duration + (self._container.start_time or 0)
            seconds = end / av.time_base - begin_s
        return seconds

    def _timed(self) -> Iterator[tuple[av.VideoFrame, float]]:
        """Decoded pictures with increasing times, the first at 0."""
        shift_s, last_s = 0.0, None
        base = float(self._stream.time_base or 0)
        for frame in self._decoded():
            ticks = None if self._timeless else frame.pts
            if ticks is None and not self._timeless:
                ticks = frame.dts
            own_s = (self._read - 1) / self.fps if ticks is None else ticks * base
            if self._first_s is None:
                self._first_s = own_s
            t_s = own_s - self._first_s + shift_s
            if last_s is not None and t_s <= last_s:
                if self._bad:  # pictures beside a hole come out of order
                    continue
                step_s = 1 / self.fps if last_s - t_s > BACK_S else SAME_S
                if last_s - t_s > BACK_S:
                    shift_s += last_s + step_s - t_s
                t_s = last_s + step_s
            self._last_s = last_s = t_s
            yield frame, t_s

    def _decoded(self) -> Iterator[av.VideoFrame]:
        packets = self._container.demux(self._stream)
        joined = self._outline.joined
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.FFmpegError, OSError, ValueError):
                self._ended_early = True
                return
            # A recording that goes on in a transport stream begins with a packet called corrupt.
            if packet.is_corrupt and not joined:
                self._bad += 1
                continue
            try:
                frames = packet.decode()
            except (av.FFmpegError, ValueError):
                self._bad += bool(self._read) or not joined
                continue
            for frame in frames:
                if frame.is_corrupt:
                    self._bad += bool(self._read) or not joined
                    continue
                said = too_large(frame.width, frame.height)
                if said:
                    raise InputError(f"cannot read {self.path}: {said}")
                self._read += 1
                yield frame

    def _shown(self, frame: av.VideoFrame, first: bool) -> np.ndarray:
        image = self._converter.bgr(frame)
        if first:
            self._orientation = _orientation(frame)
        if abs(math.log(self._aspect)) > NEARLY_SQUARE:
            size_px = max(1, round(image.shape[1] * self._aspect)), image.shape[0]
            image = cv2.resize(image, size_px, interpolation=cv2.INTER_LINEAR)
        return self._orientation.apply(image)


class _NoVideoError(Exception):
    """Why nothing of a file can be shown."""


def _open(file: Any) -> Any:
    """The container; with a file object, FFmpeg takes nothing of its name for an address."""
    # No protocol is allowed, so what a clip names is not opened. PyAV 12 (the last for Python 3.8)
    # crashes on FLV with any option; FLV names nothing.
    head = file.read(32)
    file.seek(0)
    options = {} if head[:3] == b"FLV" else {"protocol_whitelist": "none"}
    if head[8:16] == b"WEBPVP8X" and head[20] & 2:
        raise _NoVideoError("FFmpeg does not read animated WebP: convert it to MP4 or GIF")
    try:
        container = av.open(file, options=options, buffer_size=BUFFER_BYTES)
        container.flags = int(container.flags) & ~GENPTS  # times are the file's, not made up
        return container
    except (av.FFmpegError, OSError, ValueError) as exc:
        raise _NoVideoError("it is not a video that FFmpeg can read") from exc


def _choose(container: Any) -> Any:
    """The video to count: the one marked as default, else the largest; never a cover picture."""
    videos = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not videos:
        sound, cover = bool(container.streams.audio), bool(container.streams.video)
        if sound and cover:
            raise _NoVideoError("there is sound and a cover picture in it, but no video")
        raise _NoVideoError("there is only sound in it" if sound else "there is no video in it")
    known = [stream for stream in videos if stream.codec_context is not None]
    if not known:
        raise _NoVideoError("there is no decoder here for its video")
    stream = max(known, key=lambda s: (_is_default(s), s.width * s.height))
    said = too_large(stream.width, stream.height)
    if said:
        raise _NoVideoError(said)
    return stream


def _is_cover(stream: Any) -> bool:
    disposition = getattr(stream, "disposition", None)  # from PyAV 14 on
    if disposition is not None:
        return bool(int(disposition) & 0x400)
    return stream.average_rate is None and stream.guessed_rate == ATTACHED_RATE


def _is_default(stream: Any) -> bool:
    return bool(int(getattr(stream, "disposition", 0) or 0) & 1)


def too_large(width_px: int, height_px: int) -> str:
    """Why a picture of this size is not read; "" if it is."""
    if max(width_px, height_px) <= LONGEST_SIDE_PX and width_px * height_px <= MOST_PIXELS:
        return ""
    return (
        f"its picture of {width_px} × {height_px} pixels is too large: "
        f"at most {LONGEST_SIDE_PX} a side and {MOST_PIXELS // 1_000_000} million in all"
    )


def _orientation(frame: av.VideoFrame) -> Orientation:
    data: Any = frame.side_data
    try:
        return of_display_matrix(bytes(data["DISPLAYMATRIX"]))
    except KeyError:
        return UPRIGHT


def _sane(rate: Fraction | None) -> float | None:
    return float(rate) if rate and 1 <= rate <= 240 else None
