"""Small clips for the tests, written with PyAV: any container, codec, times and streams."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Sequence

import av
import numpy as np

TICKS_PER_S = 90000
CODECS = {".webm": "libvpx", ".avi": "mpeg4", ".gif": "gif", ".h264": "libx264"}


def picture(number: int, height: int = 64, width: int = 96) -> np.ndarray:
    """Noise with a bright bar that moves to the right; (height, width, 3), RGB."""
    image = np.random.default_rng(number).integers(0, 60, (height, width, 3), np.uint8)
    left = 2 * number % (width - 8)
    image[:, left : left + 8] = 220
    return image


def write_clip(
    path: Path,
    times_s: Sequence[float] | int = 40,
    fps: float = 20.0,
    size: tuple[int, int] = (64, 96),
    codec: str = "",
    sound_s: float = 0.0,
    container: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    pix_fmt: str = "",
    aspect: Fraction | None = None,
) -> Path:
    """A clip whose pictures have these times, or so many pictures at `fps`.

    Args:
        size: (height, width) in pixels.
        sound_s: length of a silent sound stream; 0 for none.
        container, options: FFmpeg's options of the file, and of the codec.
    """
    times = np.arange(times_s) / fps if isinstance(times_s, int) else np.asarray(times_s)
    codec = codec or CODECS.get(path.suffix, "libx264")
    with av.open(f"file:{path}", "w", options=container or {}) as file:
        stream = file.add_stream(codec, rate=Fraction(fps).limit_denominator(1001))
        stream.options = options or {}
        stream.height, stream.width = size
        stream.pix_fmt = pix_fmt or ("rgb8" if codec == "gif" else "yuv420p")
        if codec not in ("mpeg4", "gif"):  # they keep a constant rate
            stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        sound = (
            file.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48000)
            if sound_s
            else None
        )
        base = stream.codec_context.time_base or Fraction(1, round(fps))
        for number, t_s in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, *size), format="rgb24")
            frame.pts = round(t_s / base)
            frame.time_base = base
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if sound is not None:
            _silence(file, sound, sound_s)
    return path


def _silence(file: av.container.OutputContainer, sound: av.AudioStream, seconds: float) -> None:
    for number in range(round(seconds * 48000 / 960)):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, 960 * number
        frame.time_base = Fraction(1, 48000)
        file.mux(sound.encode(frame))
    file.mux(sound.encode(None))


def box(data: bytes, kind: bytes) -> int:
    """Where the content of an MP4's box begins."""
    return data.index(kind) + 4
