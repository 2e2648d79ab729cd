"""The file: what is read is what was written, and others are refused in one sentence."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.tools.accept import report as module
from edge_app.tools.accept.report import Report, StepResult

RESULT = StepResult("failed", "no good", "2026-11-28T12:00:00+00:00", 1.5, {"a": {"b": [1, None]}})


def a_report() -> Report:
    return Report("NVIDIA Jetson Orin Nano Developer Kit", "R36.4.3", {"load": RESULT})


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    module.write_report(path, a_report())
    assert module.read_report(path) == a_report()
    assert module.read_report(path).failed == ["load"]


def test_the_name_has_board_and_date(nano: Path) -> None:
    found = module.new_report(nano)
    assert found.l4t == "R32.7.1"
    name = module.default_path(found, date(2026, 11, 28)).name
    assert name == "accept-nvidia-jetson-nano-developer-kit-2026-11-28.json"
    nameless = dataclasses.replace(found, board="树莓派")
    assert module.default_path(nameless, date(2026, 1, 2)).name == "accept-machine-2026-01-02.json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no JSON", "is not a file of `reps accept`: Expecting value"),
        ("[]", "it is something else"),
        ('{"format": 1}', "it is something else"),
        ('{"format": "edge-reps accept 9"}', "its format is 'edge-reps accept 9', not"),
        ('{"format": "edge-reps accept 1"}', "is damaged: missing key 'board'"),
        (
            '{"format": "edge-reps accept 1", "board": "b", "l4t": "", "steps": {"load": 3}}',
            "is damaged: 'steps.load'",
        ),
    ],
)  # fmt: skip
def test_another_file_is_refused(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        module.read_report(path)
    assert words in str(error.value) and "\n" not in str(error.value)


def test_a_file_goes_on_only_on_its_own_machine(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    fresh = dataclasses.replace(a_report(), steps={})
    assert module.continued(path, fresh) is fresh, "no file yet"
    module.write_report(path, a_report())
    assert module.continued(path, fresh).steps == {"load": RESULT}
    with pytest.raises(InputError, match=r"is of NVIDIA Jetson Orin .*, not of a PC: give another"):
        module.continued(path, dataclasses.replace(fresh, board="a PC"))
