"""Two files of `reps accept` beside each other, also where one lacks what the other has."""

from __future__ import annotations

from typing import Any

from edge_app.tools.accept.report import Report, StepResult
from edge_app.tools.bench.against import side_by_side


def report(board: str, **found: dict[str, Any]) -> Report:
    began = "2026-11-28T12:00:00+00:00"
    steps = {name: StepResult("passed", "", began, 1.0, what) for name, what in found.items()}
    return Report(board, "", steps)


def cells(table: str, name: str) -> list[str]:
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_figures_and_their_ratio() -> None:
    ways = {"TensorRT fp16": {"ms": 4.0}, "TensorRT int8": {"ms": 2.5}}
    one = report(
        "Nano", load={"way": "TensorRT fp16", "summary": {"fps": 20.0, "throttled": []}},
        parity={"fast": {"ways": {"TensorRT fp16": {"ms": 16.0}}}},
    )  # fmt: skip
    other = report(
        "Orin | 8 GB", load={"summary": {"fps": 80.0, "watts": 9.5, "throttled": ["cooling"]}},
        parity={"fast": {"ways": ways}},
    )  # fmt: skip
    table = side_by_side(one, other, ("a", "b"))
    assert table.splitlines()[0] == "| | a | b | ÷ |"
    assert "Orin \\| 8 GB" in table
    assert cells(table, "load: frames a second") == ["20", "80", "4.00"]
    assert cells(table, "… W") == ["–", "9.5", ""]
    assert cells(table, "… throttled by") == ["nothing", "cooling", ""]
    assert cells(table, "fast by TensorRT fp16: ms") == ["16", "4", "0.25"]
    assert cells(table, "fast by TensorRT int8: ms") == ["–", "2.5", ""]
    assert "… p50" not in table and "engine" not in table, "no row that neither file has"


def test_a_file_with_other_things_in_its_places() -> None:
    odd = report("PC", load={"summary": [1, 2]}, camera={"modes": {"MJPG": 3}})
    table = side_by_side(odd, odd, ("a", "b"))
    assert cells(table, "board") == ["PC", "PC", ""]
    zero = report("PC", load={"summary": {"fps": 0}})
    assert cells(side_by_side(zero, zero, ("a", "b")), "load: frames a second") == ["0", "0", ""]
