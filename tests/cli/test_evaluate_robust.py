"""`reps evaluate --robust`, from stored tracks to the page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_app.cli import evaluate
from edge_app.cli.main import main
from edge_app.tools.robustness.variants import VARIANTS

NAME = "squat__luizfcharry__2"


@pytest.fixture
def command(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Evaluates one squat clip and one with nothing to count, from tracks; no clip is there."""
    network = SimpleNamespace(path=data / "squat.mp4", provider="none")
    monkeypatch.setattr(evaluate, "open_network", lambda args: network)
    tracks = tmp_path / "tracks"
    tracks.mkdir()
    track = data / "tracks" / f"{NAME}.npz"
    shutil.copy(track, tracks)
    shutil.copy(track, tracks / "still.npz")
    (tmp_path / "m.csv").write_text(
        "file,exercise,count,repo,notes\n"
        f"{NAME}.mp4,squat,6,ann/one,slow\nstill.mp4,negative,0,bob/two,walking; in a hall\n"
    )
    return ["evaluate", str(tmp_path / "m.csv"), "--tracks", str(tracks)]


def test_the_tables_and_the_page(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    rows, page, seen = tmp_path / "rows", tmp_path / "page.md", tmp_path / "seen.txt"
    seen.write_text("ann/one\n")
    more = ["--robust", str(rows), "--markdown", str(page), "--seen", str(seen)]
    assert main([*command, *more, "--tuned-first", "1"]) == 0
    said = capsys.readouterr().out
    assert "Counts that change, from stored poses" in said
    assert "walking" in said and "still.mp4: " in said and f"{NAME}.mp4" not in said
    text = page.read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert "at most 15 frames a second; squat.mp4 (sha256 " in text
    assert "| ann/one | yes | yes | 1 | 1.00 | 1.00 | 0.00 | – | – |" in text
    shown = [v.name for v in VARIANTS if f"| {v.name} | 1 |" in text]
    stored_at_15 = ["30 frames a second", "15 frames a second"]
    assert shown == [v.name for v in VARIANTS if v.name not in stored_at_15]
    lines = rows.read_text().splitlines()
    assert {json.loads(line)["file"] for line in lines} == {f"{NAME}.mp4"}  # no ghosts
    assert main([*command, "--robust", str(rows)]) == 0
    assert rows.read_text().splitlines() == lines  # nothing was counted again


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--robust", "rows"], "give --tracks, or --pictures"),
        (["--pictures"], "--pictures belongs to --robust"),
    ],
)
def test_options_that_lack_others_are_one_sentence(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "m.csv"
    path.write_text("file,exercise,count\nx.mp4,squat,3\n")
    assert main(["evaluate", str(path), *options]) == 2
    assert said in capsys.readouterr().err


def test_a_file_of_something_else_is_not_written_to(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    rows = tmp_path / "m.csv"
    before = rows.read_text()
    assert main([*command, "--robust", str(rows)]) == 2
    assert "does not hold the rows" in capsys.readouterr().err
    assert rows.read_text() == before
