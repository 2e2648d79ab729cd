"""The published network as a file that the benchmark can run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the train extra")
pytest.importorskip("onnx", reason="needs the train extra")

from edge_app.cli.bench import PUBLISHED
from edge_app.pose.decode import find_peaks
from edge_app.runtime.onnx import OnnxBackend
from edge_app.tools.bench.contenders import find_published
from edge_app.tools.bench.cost import read_layers
from models.published import main


@pytest.mark.slow
def test_the_file_is_the_published_network_and_finds_nobody(tmp_path: Path) -> None:
    out = tmp_path / "published.onnx"
    assert main(["--out", str(out), "--size", "184"]) == 0
    backend = OnnxBackend(out)
    assert backend.metadata["network"] == PUBLISHED and backend.metadata["weights"] == "random"
    macs = sum(layer.multiply_adds for layer in read_layers(out))
    assert macs * 4 / 1e9 == pytest.approx(8.9, abs=0.1)  # at 368²: models.ladder counts 8.88 G
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 3, 184, 184)).astype(np.float32)
    kind, _, _ = find_peaks(backend.infer(noise)[0])
    assert len(kind) == 0  # so that its decoding is cheap, and the comparison in its favour


def test_a_size_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path / "a.onnx"), "--size", "100"]) == 2
    assert not list(tmp_path.iterdir())


def test_a_given_file_is_taken_as_it_is(tmp_path: Path) -> None:
    assert find_published(tmp_path / "mine.onnx") == tmp_path / "mine.onnx"
