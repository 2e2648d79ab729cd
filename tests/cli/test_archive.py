"""`reps count --ray`: what belongs to an archive, and what is stored of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.cli.main import main


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ray", "local", "--exercise", "squat", "--out", "a.mp4"], "--out belongs to one clip"),
        (["--ray", "local", "--exercise", "squat", "--stations", "2"], "--mats belongs to one"),
        (["--ray", "local", "--exercise", "squat", "--max-fps", "9"], "--max-fps belongs to one"),
        (["--ray", "local"], "say what to count"),
        (["--ray", "local", "--exercise", "squat", "--model", "no.onnx"], "cannot read the model"),
        (["--exercise", "squat", "--ledger", "x.sqlite"], "--ledger belongs to --ray"),
    ],
)
def test_wrong_options(
    options: list[str], said: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")
    (tmp_path / "clip.mp4").write_bytes((data / "squat.mp4").read_bytes())
    assert main(["count", str(tmp_path), *options]) == 2
    assert said in capsys.readouterr().err
