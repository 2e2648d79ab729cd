"""The inputs of the fuzzer: good files of every kind, and a command that reads each."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import zipfile
from contextlib import closing, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Sequence

import cv2
import numpy as np

from edge_app.runtime.open import shipped_model
from tests.clips import write_clip
from tests.fuzz.mutate import mutated

ROOT = Path(__file__).parents[2]
TRACK = ROOT / "tests" / "data"
SQUAT = ("--exercise", "squat", "--quiet", "--threads", "1")


@dataclass(frozen=True)
class Case:
    """One run of a command.

    Attributes:
        kind: of input, for the report.
        words: of the command line.
    """

    kind: str
    words: tuple[str, ...]


class Corpus:
    """Good files, made once; `case(number)` damages one of them.

    Args:
        folder: for the good files.
        seed: the same seed and number give the same case.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder, self._seed = folder, seed
        self._good = {
            "clip": _clips(folder), "exercise": _texts("edge_app/exercise/exercises", "*.toml"),
            "protocol": _texts("edge_app/session/protocols", "*.toml"),
            "settings": _settings(folder), "result": _results(folder),
            "manifest": _manifests(folder), "roster": _rosters(folder),
            "ledger": _ledgers(folder), "model": [shipped_model("fast")],
        }  # fmt: skip
        self._clip = self._good["clip"][0]
        self._result = self._good["result"][0]
        self._extremes = _extremes(folder, self._clip)

    def case(self, number: int, place: Path) -> Case:
        """The case of a number; its file is written into `place`."""
        rng = random.Random(f"{self._seed} {number}")
        if number < len(self._extremes):
            return self._extremes[number]
        kinds = ["clip"] * 4 + ["roster"] * 3 + ["result"] * 2 + list(self._good)
        kind = rng.choice(kinds)
        good = rng.choice(self._good[kind])
        data = good.read_bytes()
        if kind == "roster" and good.suffix in (".zip", ".xlsx") and rng.random() < 0.7:
            data = _inner(data, rng)
        else:
            data = mutated(data, rng)
        path = place / f"{number}{good.suffix}"
        path.write_bytes(data)
        return Case(kind, self._words(kind, path, place, rng))

    def _words(self, kind: str, path: Path, place: Path, rng: random.Random) -> tuple[str, ...]:
        text, scratch = str(path), str(place / f"{path.stem}.sqlite")
        clip, result = str(self._clip), str(self._result)
        ways: dict[str, Sequence[tuple[str, ...]]] = {
            "clip": [("count", text, *SQUAT)],
            "exercise": [("replay", result, "--exercise", text)],
            "protocol": [("replay", result, "--protocol", text)],
            "settings": [("station", "check", text)],
            "result": [("replay", text)],
            "manifest": [("evaluate", text, "--threads", "1")],
            "roster": [("results", "import", text, "--ledger", scratch)],
            "ledger": [
                ("results", "list", "--ledger", text), ("results", "check", "--ledger", text),
                ("results", "export", str(place / "out.csv"), "--ledger", text),
                ("results", "rescue", text, str(place / f"{path.stem}.rescued.sqlite")),
            ],
            "model": [("count", clip, *SQUAT, "--model", text)],
        }  # fmt: skip
        return rng.choice(ways[kind])


def _clips(folder: Path) -> list[Path]:
    first = {"movflags": "+faststart"}
    clips = [
        write_clip(folder / f"a{suffix}", 12, size=(72, 128), sound_s=sound)
        for suffix, sound in (
            (".mp4", 0), (".mkv", 1), (".webm", 0), (".ts", 1), (".flv", 0), (".avi", 0),
            (".gif", 0), (".h264", 0), (".mov", 1),
        )
    ]  # fmt: skip
    return [*clips, write_clip(folder / "first.mp4", 12, size=(72, 128), container=first)]


def _texts(folder: str, pattern: str) -> list[Path]:
    return sorted((ROOT / folder).glob(pattern))


def _settings(folder: Path) -> list[Path]:
    path = folder / "station.toml"
    path.write_text(
        'name = "gym-1"\ntimezone = "Asia/Shanghai"\nlanguage = "zh"\ncamera = "rtsp://u:p@h/1"\n'
        'rotate = 180\nprotocol = "china-sit-up"\nserver = "postgresql://u:p@h/db"\nopen = true\n'
        '[wifi]\nname = "hall"\npassword = "longenough"\n',
        encoding="utf-8",
    )
    return [path]


def _results(folder: Path) -> list[Path]:
    stored = json.loads((TRACK / "events.json").read_text(encoding="utf-8"))
    assert stored  # the repository's data is there
    from edge_app.sinks.document import document_head, frame_as_dict
    from edge_app.sinks.track import load_track

    poses = list(load_track(TRACK / "tracks" / "squat__luizfcharry__2.npz"))[:120]
    head = document_head("edge-reps", "squat", "free practice", "pose-fast.onnx", clip="a.mp4")
    frames = [frame_as_dict(pose, 0.5, {"knee_deg": 90.0}) for pose in poses]
    path = folder / "result.json"
    path.write_text(json.dumps({**head, "frames": frames, "count": 2, "repetitions": []}))
    return [path]


def _manifests(folder: Path) -> list[Path]:
    path = folder / "manifest.csv"
    path.write_text("file,exercise,count,rep_times\na.mp4,squat,0,\nfirst.mp4,push-up,1,0.5-1.5\n")
    return [path]


def _rosters(folder: Path) -> list[Path]:
    rows = "Student ID,First Name,Last Name,Class,Birth Date,Grade\n" + "".join(
        f"00100{n},Mira{n},Tolvänen,7A,2014-03-0{n},7\n" for n in range(1, 9)
    )
    (folder / "list.csv").write_text(rows, encoding="utf-8")
    (folder / "zh.csv").write_text(
        "学号,姓名,班级,性别\n1001,林晓彤,五(2)班,女\n", encoding="gb18030"
    )
    (folder / "tabs.txt").write_text(rows.replace(",", "\t"), encoding="utf-16")
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows.splitlines():
        book.active.append(row.split(","))
    book.save(folder / "list.xlsx")
    with zipfile.ZipFile(folder / "oneroster.zip", "w") as file:
        file.writestr(
            "manifest.csv", "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"
        )
        file.writestr("orgs.csv", "sourcedId,name,type\ns1,School,school\n")
        file.writestr("classes.csv", "sourcedId,title,schoolSourcedId\nc1,PE 7,s1\n")
        file.writestr(
            "users.csv",
            "sourcedId,role,identifier,givenName,familyName,orgSourcedIds\nu1,student,1001,Mira,Tolvanen,s1\n",
        )
        file.writestr(
            "enrollments.csv",
            "sourcedId,classSourcedId,userSourcedId,role,schoolSourcedId\ne1,c1,u1,student,s1\n",
        )
    names = ("list.csv", "zh.csv", "tabs.txt", "list.xlsx", "oneroster.zip")
    return [folder / name for name in names]


def _ledgers(folder: Path) -> list[Path]:
    from edge_app.cli.main import main
    from edge_app.ledger.ledger import Ledger

    path = folder / "ledger.sqlite"
    with closing(Ledger(str(path), "fuzz")):
        pass
    with redirect_stdout(io.StringIO()):
        main(["results", "import", str(folder / "list.csv"), "--ledger", str(path)])
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return [path]


def _inner(data: bytes, rng: random.Random) -> bytes:
    """A zip whose archive is whole and one of whose files is damaged."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w") as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            content = old.read(name)
            new.writestr(name, mutated(content, rng) if name == chosen else content)
    return packed.getvalue()


def _extremes(folder: Path, clip: Path) -> list[Case]:
    """Beyond all measure: each once."""
    texts: dict[str, str] = {
        "deep.json": "[" * 200_000, "deep.toml": "a = " + "[" * 100_000,
        "keys.toml": "a." * 50_000 + "b = 1", "digits.toml": "rotate = " + "9" * 1_000_000,
        "digits.json": '{"keypoints": ' + "9" * 1_000_000 + "}",
        "long.csv": "file,exercise,count\n" + "x" * 100_000 + ",squat,1\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text)
    cv2.imwrite(str(folder / "tall.png"), np.zeros((70_000, 1), np.uint8))
    cv2.imwrite(str(folder / "square.png"), np.zeros((16_000, 16_000), np.uint8))
    frame = '{"t_s": %d.5, "pose": [' + ",".join(["1.25"] * 54) + "]}"
    with (folder / "million.json").open("w") as file:
        file.write('{"keypoints": [], "frames": [')
        for n in range(1_000_000):
            file.write(frame % n + ",\n")
        file.write(frame % 1_000_000 + "]}")
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("users.csv", bytes(500_000_000))
    path: Callable[[str], str] = lambda name: str(folder / name)  # noqa: E731
    ledger = ("--ledger", path("scratch.sqlite"))
    return [Case("extreme", words) for words in (
        ("replay", path("deep.json")), ("station", "check", path("deep.toml")),
        ("station", "check", path("keys.toml")), ("station", "check", path("digits.toml")),
        ("replay", path("digits.json")), ("evaluate", path("long.csv")),
        ("count", path("tall.png"), *SQUAT), ("count", path("square.png"), *SQUAT),
        ("replay", path("million.json")), ("results", "import", path("bomb.zip"), *ledger),
        ("count", "/dev/zero", *SQUAT), ("replay", "/dev/zero"), ("station", "check", "/dev/zero"),
        ("results", "import", "/dev/zero", *ledger), ("results", "list", "--ledger", "/dev/zero"),
        ("evaluate", "/dev/zero"), ("count", "x" * 300, *SQUAT), ("replay", "x" * 300),
        ("count", str(clip), *SQUAT, "--model", "/dev/zero"),
        ("count", str(clip), "--exercise", "/dev/zero", "--quiet"),
        ("results", "import", "x" * 300, *ledger), ("results", "list", "--ledger", "x" * 300),
    )]  # fmt: skip
