"""Colours: tagged ranges, deep grey, high dynamic range."""

from __future__ import annotations

import av
import numpy as np
import pytest

from edge_app.camera.colour import HLG, PQ, Converter, _nits, _pq

SDR = 1


def grey(level: int) -> av.VideoFrame:
    """A picture of one grey, 10-bit code value, full range."""
    image = np.full((8, 8, 3), level * 64, np.uint16)
    return av.VideoFrame.from_ndarray(image, format="rgb48le")


def test_pq_is_its_own_inverse_and_knows_paper_white() -> None:
    nits = np.array([0.0, 1.0, 100.0, 203.0, 1000.0, 10000.0])
    np.testing.assert_allclose(_nits(_pq(nits)), nits, rtol=1e-6, atol=1e-6)
    assert float(_pq(np.array(203.0))) == pytest.approx(0.58, abs=0.005)  # BT.2408: 58 %


def test_paper_white_of_pq_is_bright_and_nothing_is_flat() -> None:
    shown = [int(Converter(PQ).bgr(grey(level))[0, 0, 0]) for level in (0, 200, 400, 593, 769)]
    assert shown == sorted(shown) and len(set(shown)) == 5
    assert shown[0] == 0 and shown[3] > 200 and shown[4] == pytest.approx(255, abs=2)
    flat = int(Converter(SDR).bgr(grey(593))[0, 0, 0])
    assert shown[3] > flat + 40, "untouched, PQ looks grey and flat"


def test_hlg_ends_at_white() -> None:
    assert Converter(HLG).bgr(grey(1023))[0, 0].tolist() == pytest.approx([255] * 3, abs=3)


def test_grey_stays_grey() -> None:
    assert np.ptp(Converter(PQ).bgr(grey(500))[0, 0].astype(int)) <= 2


def test_a_named_full_range_is_kept() -> None:
    image = np.full((8, 8), 235, np.uint8)
    full = av.VideoFrame.from_ndarray(
        np.concatenate([image, np.full((4, 8), 128, np.uint8)]), format="yuvj420p"
    )
    limited = av.VideoFrame.from_ndarray(
        np.concatenate([image, np.full((4, 8), 128, np.uint8)]), format="yuv420p"
    )
    assert int(Converter(SDR).bgr(full)[0, 0, 0]) == pytest.approx(235, abs=1)
    assert int(Converter(SDR).bgr(limited)[0, 0, 0]) == pytest.approx(255, abs=1)


def test_deep_grey() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((8, 8), 40000, np.uint16), format="gray16le")
    assert int(Converter(SDR).bgr(frame)[0, 0, 0]) == pytest.approx(40000 / 257, abs=2)
