"""`reps doctor`, as it is typed."""

from __future__ import annotations

import json

import pytest

from edge_app.cli.main import main


def test_the_command_prints_json_and_has_an_exit_code(capsys: pytest.CaptureFixture) -> None:
    assert main(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {"what", "level", "said", "fix"} == set(findings[0])
    assert main(["doctor", "--model", "nowhere.onnx"]) == 1
    out = capsys.readouterr().out
    assert "PROBLEM: no such model: nowhere.onnx" in out and "→" in out
