"""The gate counts by the engines if there are any, and says which count is wrong."""

from __future__ import annotations

import dataclasses
from functools import partial

import pytest

from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.accept import gate as module
from edge_app.tools.accept.gate import gate
from edge_app.tools.accept.networks import REFERENCE, Way
from edge_app.tools.accept.rig import Failed, Found, Rig

OPEN = partial(OnnxBackend, shipped_model("fast"), 1)
CPU = Way("fast", REFERENCE, "fp32", OPEN)
ENGINE = Way("fast", "TensorRT fp16", "fp16", OPEN)

pytestmark = pytest.mark.usefixtures("one_network")


def no_engine() -> OnnxBackend:
    raise InputError("the worker died while loading the engine")


def test_the_count_is_the_known_one(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ways", lambda rig, network: ([CPU, ENGINE], {}))
    found: Found = {}
    assert gate(rig, found) == "all 1 counts of 1 clips are the known ones"
    assert found == {"fast": {"TensorRT fp16": {"push-up": {"counted": 5, "known": 5}}}}


def test_a_wrong_count_and_a_broken_engine_fail(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = dataclasses.replace(ENGINE, name="TensorRT int8", open=no_engine)
    monkeypatch.setattr(module, "ways", lambda rig, network: ([CPU, ENGINE, broken], {}))
    monkeypatch.setattr(module, "_count", lambda sample, backend: 4)
    with pytest.raises(Failed) as error:
        gate(rig, {})
    assert str(error.value) == (
        "fast by TensorRT fp16 counted 4, not 5, push-ups; "
        "fast by TensorRT int8: the worker died while loading the engine"
    )


def test_without_an_engine_the_providers_count(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ways", lambda rig, network: ([CPU], {}))
    monkeypatch.setattr(module, "_count", lambda sample, backend: 5)
    found: Found = {}
    gate(rig, found)
    assert list(found["fast"]) == [REFERENCE]
