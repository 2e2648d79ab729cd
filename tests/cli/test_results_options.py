"""What `reps results` understands."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import pytest

from edge_app.cli.results_options import add_results


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_results(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize("does", ["import", "export", "list", "correct", "sync", "check", "forget"])
def test_every_step_may_name_its_ledger(does: str) -> None:
    needed = {
        "import": ["r.csv"], "export": ["r.csv"], "sync": ["--to", "x"],
        "correct": ["ab", "--void", "--who", "Ms Li", "--why", "seen"],
    }  # fmt: skip
    words = [does, *needed.get(does, [])]
    assert parsed(*words).ledger is None and parsed(*words).does == does
    assert parsed(*words, "--ledger", "l.sqlite").ledger == "l.sqlite"


def test_days_and_classes_choose_attempts() -> None:
    words = ["--class", "7b", "--since", "2026-01-01", "--until", "2026-02-01", "--protocol", "x"]
    for does in (["list"], ["export", "r.csv"]):
        args = parsed(*does, *words)
        assert (args.of_class, args.protocol, args.exercise) == ("7b", "x", None)
        assert (args.since, args.until) == (date(2026, 1, 1), date(2026, 2, 1))


def test_what_is_left_out() -> None:
    assert parsed("list").limit == 50 and parsed("list").attempt is None
    assert (parsed("forget").evidence_days, parsed("forget").names_days) == (90, 400)
    imported = parsed("import", "r.csv")
    assert (imported.file, imported.encoding) == (Path("r.csv"), "")
    assert not (imported.dry_run or imported.skip_bad or imported.complete)


SIGNED = ["--who", "Ms Li", "--why", "seen"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["burn"],
        ["list", "--since", "yesterday"],
        ["correct", "ab", *SIGNED],  # what is corrected?
        ["correct", "ab", "--void", "--score", "3", *SIGNED],  # one thing at a time
        ["correct", "ab", "--void", "--who", "Ms Li"],  # and why?
        ["correct", "ab", "--counted", "two", *SIGNED],
        ["sync"],
    ],
)
def test_what_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parsed(*words)
    assert ended.value.code == 2 and "error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["--score", ""], "score", ""),
        (["--counted", "2"], "counted", 2),
        (["--rejected", "2"], "rejected", 2),
        (["--student", ""], "student", ""),
        (["--valid"], "valid", True),
    ],
)
def test_a_correction_of_each_kind(words: list[str], key: str, value: object) -> None:
    args = parsed("correct", "ab", *words, *SIGNED)
    assert getattr(args, key) == value and (args.who, args.why) == ("Ms Li", "seen")
