"""Which counter an exercise gets, and that nothing else builds one."""

from __future__ import annotations

from pathlib import Path

import pytest

import edge_app
from edge_app.errors import InputError
from edge_app.exercise.auto import AutoCounter
from edge_app.exercise.build import auto_counter, counter_for, is_known, open_exercise
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import EXERCISES_DIR, all_exercises
from edge_app.exercise.hold import HoldCounter


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
def test_a_hold_counts_seconds_and_everything_else_repetitions(exercise) -> None:
    assert isinstance(counter_for(exercise), HoldCounter if exercise.hold else RepCounter)


def test_what_is_not_known_is_recognised_or_learned() -> None:
    for name in ("auto", "new"):
        counter = auto_counter(name)
        assert isinstance(counter, AutoCounter) and counter.exercise is None
        assert not is_known(name)


@pytest.mark.parametrize("name", ["push-up", "pushup", str(EXERCISES_DIR / "push_up.toml")])
def test_an_exercise_by_name_alias_or_file(name: str) -> None:
    assert open_exercise(name).name == "push-up"
    assert is_known(name)


def test_an_unknown_exercise_is_one_sentence() -> None:
    with pytest.raises(InputError, match="no exercise 'juggling'"):
        open_exercise("juggling")


def test_no_other_module_builds_a_counter() -> None:
    root = Path(edge_app.__file__).parent
    calls = ("RepCounter(", "HoldCounter(", "AutoCounter(")
    builders = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for line in path.read_text().splitlines()
        if any(call in line for call in calls)
    }
    assert builders == {"exercise/build.py"}
