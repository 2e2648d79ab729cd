"""An archive on Ray's local cluster, with processes killed in mid-run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("ray", reason="the extra `ray` is not installed")
pytest.importorskip("sqlalchemy", reason="the extra `ray` is not installed")

from edge_app.camera.clip import ClipSource, thin
from edge_app.cli.main import main
from edge_app.ledger.ledger import Ledger
from edge_app.sinks.video.h264 import H264Writer
from edge_app.tools.archive.job import Job
from edge_app.tools.archive.ray_runner import TRIES, cluster, count_all

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Ray's own code warns of itself
]
REPS = [sys.executable, "-m", "edge_app.cli"]


@pytest.fixture
def archive(data: Path, tmp_path: Path) -> Path:
    """Four short clips, a copy of one and a broken one."""
    folder = tmp_path / "archive"
    (folder / "2025").mkdir(parents=True)
    with ClipSource(data / "sit-up.mp4") as source:
        frames = [frame for frame in thin(iter(source), 10.0) if frame.t_s < 15]
    for number, start_s in enumerate((1, 4, 7, 10)):
        writer = H264Writer(folder / f"{number}.mp4", 10.0, 23, options={"preset": "ultrafast"})
        for frame in frames:
            if 0 <= frame.t_s - start_s < 5:
                writer.add(frame.image, frame.t_s - start_s)
        writer.close()
    (folder / "2025" / "copy.mp4").write_bytes((folder / "0.mp4").read_bytes())
    (folder / "2025" / "broken.mp4").write_text("not a video")
    return folder


def start(archive: Path, ledger: Path) -> subprocess.Popen[str]:
    command = [*REPS, "count", str(archive), "--ray", "local", "--exercise", "sit-up", "--quiet"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [*command, "--ledger", str(ledger)], stdout=subprocess.PIPE, text=True, env=environment
    )


def counting(root: int) -> Iterator[int]:
    """Processes below `root` that count a clip at this moment; Ray writes so into their titles."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes()
            parents[int(folder.name)] = (
                int((folder / "stat").read_text().rpartition(")")[2].split()[1]),
                title.startswith(b"ray::count_clip"),
            )
        except OSError:
            continue  # it has ended meanwhile
    for process, (parent, counts) in parents.items():
        above = parent
        while counts and above in parents and above != root:
            above = parents[above][0]
        if counts and above == root:
            yield process


def kill_one_that_counts(root: int) -> None:
    end_s = time.monotonic() + 120
    while time.monotonic() < end_s:
        for process in counting(root):
            os.kill(process, signal.SIGKILL)
            return
        time.sleep(0.05)
    raise AssertionError("no process ever counted a clip")


def attempts(ledger: Path) -> dict[str, tuple[int, str]]:
    """Clip → its score and how it ended; every clip once, and the ledger whole."""
    opened = Ledger(str(ledger))
    try:
        assert opened.check() == []
        records = opened.results.attempts()
        assert len({r.mat for r in records}) == len(records)
        return {r.mat: (r.score, r.ended) for r in records}
    finally:
        opened.close()


def test_workers_and_the_command_itself_are_killed(archive: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"

    first = start(archive, ledger)
    assert first.stdout is not None
    while ": free practice: " not in first.stdout.readline():
        assert first.poll() is None, "it ended before a clip was counted"
    first.kill()
    first.wait()
    first.stdout.close()
    stored = set(attempts(ledger))
    assert 1 <= len(stored) < 4

    second = start(archive, ledger)
    kill_one_that_counts(second.pid)
    said, _ = second.communicate(timeout=300)
    assert second.returncode == 1  # one clip is broken
    assert "2025/broken.mp4: " in said and "not a video" in said
    assert "2025/copy.mp4: the same as 0.mp4" in said
    assert f"6 clips: {4 - len(stored)} counted, {1 + len(stored)} already known, 1 could" in said
    counted = attempts(ledger)
    assert set(counted) == {"0.mp4", "1.mp4", "2.mp4", "3.mp4"}
    assert all(how == "stopped" for _, how in counted.values())

    alone = tmp_path / "alone.csv"
    assert main(["count", str(archive / "2.mp4"), "--exercise", "sit-up", "--csv", str(alone)]) == 0
    rows = alone.read_text().splitlines()[1:]
    assert counted["2.mp4"][0] == sum(row.split(",")[1] == "True" for row in rows) > 0


def deadly(clip: str, order: Job) -> str:
    """Stands for a clip that takes its process with it."""
    if clip.endswith("deadly.mp4"):
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{order.exercise} in {clip}"


def test_a_clip_that_kills_whoever_counts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.tools.archive.ray_runner.count_clip", deadly)
    with cluster("local") as ray:
        ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
        names = [Path(f"{name}.mp4") for name in ("a", "deadly", "b")]
        outcomes = {str(k): v for k, v in count_all(ray, names, Job("squat", None))}
    assert outcomes == {
        "a.mp4": "squat in a.mp4",
        "b.mp4": "squat in b.mp4",
        "deadly.mp4": f"its process died {TRIES} times",
    }


def test_no_cluster(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--ray",
        "127.0.0.1:1",
        "--exercise",
        "squat",
        "--ledger",
        str(tmp_path / "l.sqlite"),
    ]
    assert main(["count", str(archive), *options]) == 2
    assert "no Ray cluster at 127.0.0.1:1" in capsys.readouterr().err
