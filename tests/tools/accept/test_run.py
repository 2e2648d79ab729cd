"""The steps' runner: each fails alone, and nothing that was measured is lost."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.tools.accept import report as report_module
from edge_app.tools.accept.report import new_report, read_report
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped, Step
from edge_app.tools.accept.run import STEPS, accept


def good(rig: Rig, found: Found) -> str:
    found["value"] = 1
    return "good"


def lacking(rig: Rig, found: Found) -> str:
    raise Skipped("no camera here")


def bad(rig: Rig, found: Found) -> str:
    found["value"] = 2
    raise Failed("too slow")


def broken(rig: Rig, found: Found) -> str:
    raise ZeroDivisionError("a fault of ours")


def stopped(rig: Rig, found: Found) -> str:
    found["samples"] = [1, 2]
    raise KeyboardInterrupt


def go(rig: Rig, out: Path, **steps: Step) -> tuple[int, list[str]]:
    said: list[str] = []
    code = accept(rig, new_report(rig.root), out, tuple(steps), said.append, steps)
    return code, said


def test_a_step_that_fails_or_breaks_leaves_the_others_alone(rig: Rig, tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    code, said = go(rig, out, bad=bad, broken=broken, lacking=lacking, good=good)
    assert code == 1
    steps = read_report(out).steps
    assert {name: step.state for name, step in steps.items()} == {
        "bad": "failed", "broken": "failed", "lacking": "skipped", "good": "passed",
    }  # fmt: skip
    assert steps["bad"].found == {"value": 2}
    assert "ZeroDivisionError" in steps["broken"].found["trace"]
    assert [line.split()[:2] for line in said] == [
        ["bad", "failed"], ["broken", "failed"], ["lacking", "skipped"], ["good", "passed"],
    ]  # fmt: skip
    assert "no camera here" in said[2]


def test_skipped_is_no_failure(rig: Rig, tmp_path: Path) -> None:
    assert go(rig, tmp_path / "a.json", good=good, lacking=lacking)[0] == 0


def test_the_file_is_whole_after_every_step(rig: Rig, tmp_path: Path) -> None:
    """A power cut during a step loses that step."""
    out = tmp_path / "a.json"
    before: list[list[str]] = []

    def look(rig: Rig, found: Found) -> str:
        before.append(list(read_report(out).steps))
        return "looked"

    go(rig, out, first=look, second=look)
    assert before == [[], ["first"]]


def test_ctrl_c_keeps_what_is_measured(rig: Rig, tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    with pytest.raises(KeyboardInterrupt):
        go(rig, out, good=good, stopped=stopped, never=good)
    steps = read_report(out).steps
    assert list(steps) == ["good", "stopped"]
    assert (steps["stopped"].state, steps["stopped"].found) == ("stopped", {"samples": [1, 2]})


def test_where_nothing_can_be_written_nothing_is_measured(rig: Rig, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        go(rig, tmp_path / "nowhere" / "a.json", good=broken)


@pytest.mark.parametrize(("writes_that_fail", "code"), [({1}, 0), ({2}, 1)])
def test_a_full_disk_stops_no_step(
    writes_that_fail: set[int], code: int, rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next step writes what the one before could not; the last one prints it."""
    out, count = tmp_path / "a.json", -1
    write_text = Path.write_text

    def fill(path: Path, *args: str, **options: str) -> int:
        nonlocal count
        count += path.suffix == ".json"
        if count in writes_that_fail:
            write_text(path, "half", **options)
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(path, *args, **options)

    monkeypatch.setattr(report_module.Path, "write_text", fill)
    found, said = go(rig, out, one=good, two=good)
    assert found == code
    assert [line for line in said if "No space left on device: going on" in line]
    assert list(read_report(out).steps) == (["one", "two"] if code == 0 else ["one"])
    if code:
        printed = said[-1].split("this is what belongs into it:\n")[1]
        assert list(json.loads(printed)["steps"]) == ["one", "two"]


def test_the_steps_of_the_command_in_their_order() -> None:
    assert list(STEPS) == ["machine", "engines", "parity", "gate", "load", "latency", "camera"]
