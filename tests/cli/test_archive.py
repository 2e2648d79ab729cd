"""`reps count --ray`: what belongs to an archive, and what is stored of it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator

import pytest

from edge_app.cli.main import main
from edge_app.tools.archive.job import Counted, Job


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--ray", "local", "--exercise", "squat", "--out", "a.mp4"], "--out works with one clip"),
        (
            ["--ray", "local", "--exercise", "squat", "--stations", "2"],
            "--mats works with one clip only",
        ),
        (
            ["--ray", "local", "--exercise", "squat", "--max-fps", "9"],
            "--max-fps works with one clip",
        ),
        (["--ray", "local"], "nothing to count"),
        (["--ray", "local", "--exercise", "squat", "--model", "no.onnx"], "cannot read the model"),
        (["--exercise", "squat", "--ledger", "x.sqlite"], "--ledger works with --ray only"),
    ],
)
def test_wrong_options(
    options: list[str], said: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")
    (tmp_path / "clip.mp4").write_bytes((data / "squat.mp4").read_bytes())
    assert main(["count", str(tmp_path), *options]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two clips, a copy of the first, and one that cannot be counted."""
    folder = tmp_path / "archive"
    (folder / "2025").mkdir(parents=True)
    for name, content in (("a", b"a"), ("b", b"b"), ("2025/copy", b"a"), ("broken", b"x")):
        (folder / f"{name}.mp4").write_bytes(content)
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clips that a cluster of this one process was given, in order."""
    pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")
    from tests.ledger.making import make_verdict

    given: list[str] = []

    @contextmanager
    def cluster(address: str) -> Iterator[str]:
        assert address == "local"
        yield address

    def count_all(ray: str, clips: Iterable[Path], job: Job) -> Iterator[tuple[Path, object]]:
        for clip in clips:
            given.append(clip.name)
            if clip.name == "broken.mp4":
                yield clip, f"{clip} is not a video"
            else:
                verdicts = (make_verdict(1), make_verdict(2, counted=False))
                ended = "time" if clip.name == "b.mp4" else ""
                yield clip, Counted(0.5, verdicts, (), ended, 1, 30, "pose-fast.onnx")

    monkeypatch.setattr("edge_app.cli.archive.cluster", cluster)
    monkeypatch.setattr("edge_app.cli.archive.count_all", count_all)
    return given


def count(archive: Path, *options: str) -> int:
    ledger = str(archive.parent / "ledger.sqlite")
    words = ["--ray", "local", "--exercise", "squat", "--quiet", "--ledger", ledger]
    return main(["count", str(archive), *words, *options])


def test_every_clip_is_counted_once(
    archive: Path, asked: list[str], open_ledger: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert count(archive) == 1  # one clip is broken
    assert len(asked) == 3, "of two copies one is counted"
    said = capsys.readouterr().out
    assert "4 clips: 2 counted, 1 already known, 1 could not be counted" in said
    assert "b.mp4: free practice: 1 (1 rejected, ended by time)" in said
    ledger = open_ledger(str(archive.parent / "ledger.sqlite"), "archive")
    attempts = {a.mat: a for a in ledger.results.attempts()}
    assert set(attempts) == {"2025/copy.mp4", "b.mp4"}
    assert [attempts[n].ended for n in sorted(attempts)] == ["stopped", "time"]
    assert {(a.counted, a.rejected, a.start_s) for a in attempts.values()} == {(1, 1, 0.5)}
    (archive / "broken.mp4").unlink()
    asked.clear()
    assert count(archive) == 0 and asked == []
    assert "3 clips: 0 counted, 3 already known" in capsys.readouterr().out
    assert count(archive, "--model", "accurate") == 0
    assert len(asked) == 2, "another network counts anew"


def test_who_stops_an_archive_keeps_what_was_counted(
    archive: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def stopped(*_: object) -> Iterator[tuple[Path, object]]:
        raise KeyboardInterrupt
        yield

    with monkeypatch.context() as impatient:
        impatient.setattr("edge_app.cli.archive.count_all", stopped)
        assert count(archive) == 130
    assert "run the same command to continue" in capsys.readouterr().out
    assert count(archive) == 1 and len(asked) == 3


def test_nobody_in_a_clip_is_said() -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")
    from edge_app.cli.archive import _line

    assert _line("squat", Counted(0.0, (), (), "", 0, 0, "m")) == "squat: 0 (nobody seen)"
