"""The handbook says what the program does."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.device.station_file import read_station
from edge_app.exercise.definition import all_exercises

ROOT = Path(__file__).parents[1]
HANDBOOK = (ROOT / "docs/operate/handbook.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text of one chapter."""
    return HANDBOOK.partition(f". {title}\n")[2].partition("\n## ")[0]


def test_every_line_of_the_doctor_is_explained_and_no_other() -> None:
    doctor = (ROOT / "edge_app/device/doctor.py").read_text()
    found = set(re.findall(r'Finding\(\s*"([a-z ]+)"', doctor))
    explained = re.findall(r"^\| `([a-z ]+)` \|", section("What `reps doctor` says"), re.M)
    assert len(found) > 10
    assert sorted(explained) == sorted(found)


def test_its_station_file_is_right(tmp_path: Path) -> None:
    text = section("Set the station: `edge-reps.toml`")
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    path = tmp_path / "edge-reps.toml"
    path.write_text("\n".join(lines).replace("…", "a password"), encoding="utf-8")
    station = read_station(path)
    assert station.name == "gym-1" and station.wifi is not None and station.server


def test_backup_and_restore(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `kiosk` is not installed")
    from edge_app.ledger.ledger import Ledger

    data = tmp_path / "var/lib/edge-reps"
    data.mkdir(parents=True)
    (tmp_path / "mnt").mkdir()
    roster = tmp_path / "roster.csv"
    roster.write_text("ID,First name,Last name,Class\n7,Li,Wei,5a\n")
    ledger = str(data / "ledger.sqlite")
    assert main(["results", "import", str(roster), "--ledger", ledger]) == 0

    text = section("Backup and restore")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    sudo ")]
    done = []
    for command in commands:
        words = [
            w.replace("/var/lib/edge-reps", str(data)).replace("/mnt", str(tmp_path / "mnt"))
            for w in shlex.split(command.replace("sudo runuser -u edge-reps -- ", ""))
        ]
        if words[0] == "reps":
            assert main(words[1:]) == 0
        elif "install" in words:
            for old in data.glob("ledger.sqlite*"):
                old.unlink()
            shutil.copy(words[-2], words[-1])
        else:
            continue
        done.append(words[1])
    assert done == ["results", "install", "results"]
    opened = Ledger(ledger)
    try:
        assert [student.number for student in opened.roster.students()] == ["7"]
    finally:
        opened.close()


def test_what_it_shows_is_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", HANDBOOK):
        assert (ROOT / "docs/operate" / path).is_file(), path
    for path in re.findall(r"`((?:docs|deploy)/[\w./-]+)`", HANDBOOK):
        assert (ROOT / path).exists(), path


def test_the_options_of_the_image_recipe_exist() -> None:
    recipe = (ROOT / "deploy/image/build.sh").read_text()
    for option in re.findall(r"--[a-z][a-z-]*", section("Make the image, once per release")):
        assert option in recipe, option


def test_the_drawing_has_every_exercise_and_is_the_scripts_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = ROOT / "docs/placement/draw.py"
    spec = importlib.util.spec_from_file_location("placement_draw", path)
    assert spec is not None and spec.loader is not None
    draw = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "placement_draw", draw)
    spec.loader.exec_module(draw)
    assert {panel.name for panel in draw.PANELS} == {one.name for one in all_exercises()}
    assert draw.sheet() == path.with_name("placement.svg").read_text(encoding="utf-8")
    for panel in draw.PANELS:
        assert 2.0 <= draw.distance_m(panel) <= 5.0
