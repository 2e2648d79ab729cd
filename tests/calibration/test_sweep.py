"""Every variant of the table is a network that can be built, except what is there to warn."""

from __future__ import annotations

import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")
pytest.importorskip("pycocotools", reason="needs the extra `int8`")

import onnx

from calibration.lint import lint
from calibration.sweep import VARIANTS, networks, row
from edge_app.pose.agreement import Agreement
from tests.calibration.tiny_network import blobs


def test_variants_follow_the_rules(fp32: onnx.ModelProto) -> None:
    made = dict(networks(fp32, blobs()))
    assert list(made)[2:] == list(VARIANTS)
    for name, recipe in VARIANTS.items():
        assert lint(made[name], recipe.keep_float, int8_weights=False) == [], name
    assert lint(made["onnxruntime's defaults, per tensor"])


def test_a_row() -> None:
    assert row("a", Agreement(0.99951, 0.9984, 0.91266, 0.0233, 80)) == (
        "| a | 0.9995 | 0.9984 | 0.913 | 0.023 |"
    )
