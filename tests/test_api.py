"""The Python API, as docs/api.md shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import edge_app
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.sinks.document import JsonSink
from edge_app.values import Pose
from tests.exercise.stick_figure import movement, squat

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"```python\n(.*?)```", re.S)
EXAMPLES = CODE.findall((ROOT / "docs/api.md").read_text("utf-8"))


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """A document as `reps count --json` writes it, of five squats."""
    stored = StoredTrack([squat(movement(t, 5), float(t)) for t in np.arange(0, 15, 1 / 15)])
    rules = rules_of("squat")
    path = tmp_path / "result.json"
    with JsonSink(path, "a.mp4", rules.name, rules.protocol.name, "none") as document:
        run(stored, [rules.lane(stored.estimate)], [document])
    return path


@pytest.mark.slow
def test_every_example_of_the_page_runs(
    result: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(ROOT)
    text = "\n".join(EXAMPLES).replace("tests/data/result.json", str(result))
    exec(compile(text, "docs/api.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert len(EXAMPLES) >= 7
    assert "5" in said and "knee bend 5" in said
    assert said[-1].endswith("points, 5 repetitions")


@pytest.mark.slow
def test_the_readmes_example_prints_the_clips_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(ROOT)
    (text,) = CODE.findall((ROOT / "README.md").read_text("utf-8"))
    exec(compile(text, "README.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "10" and sum(" False " in line for line in said) == 2 and len(said) == 13


def test_a_stored_result_is_counted_again_and_as_another_exercise(result: Path) -> None:
    assert edge_app.replay(result).score == 5
    assert edge_app.replay(result, "push-up").score == 0


def test_a_live_count_without_anybody_is_nothing() -> None:
    class Nobody(edge_app.Backend):
        path, input_hw, provider = Path("none.onnx"), (64, 64), "none"

        def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return np.zeros((19, 8, 8), np.float32), np.zeros((38, 8, 8), np.float32)

    live = edge_app.LiveCounter("squat", network=Nobody())
    updates = [live.see(np.zeros((48, 64, 3), np.uint8), n / 10) for n in range(5)]
    assert isinstance(updates[-1].pose, Pose) and not updates[-1].judged
    count = live.finish()
    assert (count.title, count.score, count.frames, count.seen) == ("squat", 0, 5, 0)


def test_what_is_wrong_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(edge_app.InputError, match="no such file"):
        edge_app.count_clip(tmp_path / "no.mp4", "squat")
    with pytest.raises(edge_app.InputError, match="nothing to count"):
        edge_app.LiveCounter()
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        edge_app.nonsense  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    run_it = (
        "import sys, edge_app; dir(edge_app);"
        "print(sorted({'numpy', 'cv2', 'onnxruntime', 'pydantic'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", run_it]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
    assert all(hasattr(edge_app, name) for name in edge_app.__all__)
