"""What networks cost: against the published figures, and against counting by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="needs the extra `train`")

from models.ladder import Published, main, rung
from models.network import LightweightOpenPose, NetworkConfig


def test_the_published_network_costs_what_its_paper_says() -> None:
    """arXiv 1811.12004: 4.1 M parameters and 9 GFLOPs (multiply-adds) at 368²."""
    published = rung("published", Published(), 368, 1)
    assert published.parameters_m == pytest.approx(4.1, abs=0.05)
    assert published.gmacs == pytest.approx(9.0, abs=0.2)


def test_cost_grows_with_the_area_and_with_every_stage() -> None:
    def cost(stages: int, size: int) -> float:
        return rung("x", LightweightOpenPose(NetworkConfig(0.25, stages, 16)), size, 1).gmacs

    assert cost(0, 128) == pytest.approx(4 * cost(0, 64), rel=0.01)
    assert cost(2, 64) - cost(1, 64) == pytest.approx(cost(1, 64) - cost(0, 64))


def test_the_command_writes_its_table(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "ladder.csv"
    arguments = ["--size", "64", "--widths", "0.25", "--stages", "0", "--rounds", "2"]
    assert main([*arguments, "--out", str(out)]) == 0
    assert "| width 0.25, 0 refinement stages | 64² |" in capsys.readouterr().out
    rows = out.read_text().splitlines()
    assert len(rows) == 3 and rows[0].startswith("width,stages,size")
    for wrong in (["--size", "60"], ["--size", "0"], ["--widths", "0"], ["--rounds", "0"]):
        assert main([*arguments, *wrong]) == 2
