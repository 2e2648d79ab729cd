"""`reps teach`: what is refused, and that the file it writes is an exercise like the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.cli.teach import as_toml
from edge_app.exercise.definition import EXERCISES_DIR, find_exercise, load_exercise

CLIPS = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("path", sorted(EXERCISES_DIR.glob("*.toml")), ids=lambda p: p.stem)
def test_a_written_exercise_reads_back(path: Path, tmp_path: Path) -> None:
    exercise = load_exercise(path)
    copy = tmp_path / "copy.toml"
    copy.write_text(as_toml(exercise), encoding="utf-8")
    assert load_exercise(copy) == exercise


@pytest.mark.parametrize("name", ['wall "ball"', "back\\slash", "two\nlines\t", "Große Übung 仰卧"])
def test_any_name_reads_back(name: str, tmp_path: Path) -> None:
    exercise = replace(find_exercise("squat"), name=name, aliases=(name,))
    copy = tmp_path / "copy.toml"
    copy.write_text(as_toml(exercise), encoding="utf-8")
    assert load_exercise(copy) == exercise


@pytest.mark.slow
def test_five_squats_make_an_exercise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "wall ball.toml"
    clip = [str(CLIPS / "squat.mp4"), "--quiet"]
    assert main(["teach", *clip, "--name", 'wall "ball"', "--reps", "5", "--out", str(out)]) == 0
    assert "it counts 5" in capsys.readouterr().out
    assert load_exercise(out).name == 'wall "ball"'
    assert main(["count", *clip, "--exercise", str(out)]) == 0
    assert 'wall "ball": 5' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--reps", "1"], "at least 2"),
        (["--name", " "], "--name must not be empty"),
        (["--out", "{folder}/there.toml"], "already exists"),
        (["--reps", "3", "--out", "{folder}/new.toml"], "cannot find 3 similar repetitions"),
    ],
)
def test_what_teaches_nothing(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.toml").write_text("name = 'mine'")
    clip = ["teach", str(CLIPS / "push-up.mp4"), "--quiet", "--name", "x"]
    assert main([*clip, *(o.format(folder=tmp_path) for o in options)]) == 2
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["there.toml"]
