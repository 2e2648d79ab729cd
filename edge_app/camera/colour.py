"""Decoded pictures of any colour format as 8-bit BGR; high dynamic range is tone-mapped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from edge_app.ffmpeg import av

PQ, HLG = 16, 18  # transfer characteristics, ITU-T H.273 table 3
WHITE_NITS, PEAK_NITS = 203.0, 1000.0  # ITU-R BT.2408: white of paper, and the brightest light
LEVELS = 1024
DISPLAY_GAMMA = 2.2
# Linear light of BT.2020 (red, green, blue) to BT.709 (blue, green, red): ITU-R BT.2087.
_TO_BGR = np.array(
    [[-0.0182, -0.1006, 1.1187], [-0.1246, 1.1329, -0.0083], [1.6605, -0.5876, -0.0728]],
    np.float32,
)


class Converter:
    """Makes BGR of decoded pictures of one stream.

    Args:
        transfer: the stream's transfer characteristic, by H.273; PQ and HLG are tone-mapped.
    """

    def __init__(self, transfer: int) -> None:
        self._transfer = transfer
        # Kept: setting up a conversion takes as long as converting a picture.
        self._reformatter = VideoReformatter()

    def bgr(self, frame: av.VideoFrame) -> np.ndarray:
        """A picture as (h, w, 3) uint8; matrix and range are those that the frame names."""
        if self._transfer not in (PQ, HLG):
            plain: np.ndarray = _pixels(self._reformatter.reformat(frame, format="bgr24"), np.uint8)
            return plain
        rgb = _pixels(self._reformatter.reformat(frame, format="rgb48le"), np.uint16)
        light = _display_light(self._transfer)[rgb >> 6]
        bgr = cv2.transform(light, _TO_BGR)
        np.clip(bgr, 0, 1, out=bgr)
        bgr *= LEVELS - 1
        shown: np.ndarray = _display_codes()[bgr.astype(np.uint16)]
        return shown


def _pixels(frame: av.VideoFrame, kind: type) -> Any:
    """The pixels of a frame with one plane of three channels, without a copy where possible."""
    plane: Any = frame.planes[0]
    rows: Any = np.frombuffer(plane, kind).reshape(frame.height, -1)  # they are padded at their end
    return np.ascontiguousarray(rows[:, : 3 * frame.width]).reshape(frame.height, frame.width, 3)


@lru_cache(maxsize=None)
def _display_light(transfer: int) -> np.ndarray:
    """Light of a display whose white is 1, for each of `LEVELS` code values; float32.

    The roll-off of bright light is the one of ITU-R BT.2390, section 5.4.1, in PQ values.
    """
    code = np.linspace(0, 1, LEVELS)
    signal = code if transfer == PQ else _pq(_hlg_nits(code))
    source, target = _pq(np.array([PEAK_NITS, WHITE_NITS]))
    e1 = np.minimum(signal / source, 1)
    most = target / source
    knee = 1.5 * most - 0.5
    t = np.clip((e1 - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    e2 = np.where(e1 < knee, e1, spline)
    return (_nits(e2 * source) / WHITE_NITS).astype(np.float32)


@lru_cache(maxsize=None)
def _display_codes() -> np.ndarray:
    """8-bit code value for each of `LEVELS` amounts of light."""
    light = np.linspace(0, 1, LEVELS)
    return (255 * light ** (1 / DISPLAY_GAMMA) + 0.5).astype(np.uint8)


def _pq(nits: np.ndarray) -> np.ndarray:
    """PQ's inverse EOTF, SMPTE ST 2084."""
    y = np.clip(nits / 10000, 0, 1) ** (2610 / 16384)
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    value: np.ndarray = ((c1 + c2 * y) / (1 + c3 * y)) ** (2523 / 32)
    return value


def _nits(signal: np.ndarray) -> np.ndarray:
    """PQ's EOTF, SMPTE ST 2084."""
    p = np.clip(signal, 0, 1) ** (32 / 2523)
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    value: np.ndarray = 10000 * (np.maximum(p - c1, 0) / (c2 - c3 * p)) ** (16384 / 2610)
    return value


def _hlg_nits(signal: np.ndarray) -> np.ndarray:
    """HLG on a display of `PEAK_NITS`, each channel by itself; ITU-R BT.2100 table 5."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    value: np.ndarray = PEAK_NITS * scene**1.2
    return value
