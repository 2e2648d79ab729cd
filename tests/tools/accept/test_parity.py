"""Parity: what rounds alike passes, what does not is said with its figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.pose.agreement import Agreement
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.accept import engines as builder
from edge_app.tools.accept import parity as module
from edge_app.tools.accept.networks import REFERENCE, Way
from edge_app.tools.accept.parity import LIMITS, objections, parity
from edge_app.tools.accept.rig import Failed, Found, Rig

OPEN = partial(OnnxBackend, shipped_model("fast"), 1)
REFERENCE_WAY = Way("fast", REFERENCE, "fp32", OPEN)


class Changed(OnnxBackend):
    """The fast network behind a wrong input or output."""

    def __init__(self, before: Callable[[np.ndarray], np.ndarray], factor: float) -> None:
        super().__init__(shipped_model("fast"), 1)
        self._before, self._factor = before, factor

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        heatmaps, pafs = super().infer(np.ascontiguousarray(self._before(blob)))
        return heatmaps * self._factor, pafs * self._factor


def no_engine() -> OnnxBackend:
    raise InputError("the engine was built for another board")


@pytest.mark.usefixtures("one_network")
def test_an_engine_that_answers_like_the_reference_passes(
    rig: Rig, tensorrt: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "PRECISIONS", ("fp16",))
    builder.engines(rig, {})
    found: Found = {}
    said = parity(rig, found)
    assert "TensorRT fp16" in said and said.endswith(f"as {REFERENCE}")
    row = found["fast"]["ways"]["TensorRT fp16"]
    assert row["provider"] == "TensorRT 10.3.0 FP16" and row["objections"] == []
    assert row["heatmap_cosine"] == pytest.approx(1, abs=1e-5)
    assert (row["keypoints_within_2_percent"], row["keypoints_lost"]) == (1.0, 0.0)
    assert found["fast"]["views"] > 30
    assert rig.speeds_ms["fast", "TensorRT fp16"] == row["ms"] > 0
    json.dumps(found)


@pytest.mark.usefixtures("one_network")
def test_what_answers_otherwise_fails_and_is_never_the_fastest(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    flipped = partial(Changed, lambda blob: blob[:, ::-1], 1.0)  # BGR for RGB
    empty = partial(Changed, lambda blob: blob, 0.0)  # as an FP16 overflow may end
    wrong = [
        Way("fast", "TensorRT fp32", "fp32", flipped),
        Way("fast", "TensorRT int8", "int8", empty),
        Way("fast", "TensorRT fp16", "fp16", no_engine),
    ]
    monkeypatch.setattr(module, "ways", lambda rig, network: ([REFERENCE_WAY, *wrong], {}))
    found: Found = {}
    with pytest.raises(Failed) as error:
        parity(rig, found)
    assert "fast by TensorRT fp32: cosine of heatmaps 0." in str(error.value)
    assert "fast by TensorRT int8: keypoints within 2 % of the body 0.0000 < 0.8" in str(
        error.value
    )
    assert "fast by TensorRT fp16: the engine was built for another board" in str(error.value)
    assert list(rig.speeds_ms) == [("fast", REFERENCE)]


@pytest.mark.parametrize("precision", LIMITS)
def test_the_limits_are_of_the_agreement(precision: str) -> None:
    assert objections(Agreement(1.0, 1.0, 1.0, 0.0, 9), LIMITS[precision]) == []
    lost = objections(Agreement(0.9, np.nan, 0.5, 0.2, 9), LIMITS[precision])
    assert len(lost) == 4, "all four are outside, not a number too"
