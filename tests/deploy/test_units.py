"""The units as systemd reads them, and how far the app is shut in."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).parents[2] / "deploy" / "units"
MOST_EXPOSED = 2.5

pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd-analyze: apt install systemd"
)


def _analyze(*args: str) -> str:
    done = subprocess.run(["systemd-analyze", *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units in a root in which what they start is there."""
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(UNITS, units)
    commands = "\n".join(p.read_text() for p in units.glob("*.service"))
    for path in re.findall(r"^Exec\w+=[-+]?(/\S+)", commands, re.MULTILINE):
        target = tmp_path / path[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(0o755)
    return tmp_path


@pytest.mark.parametrize("unit", sorted(p.name for p in UNITS.glob("*.service")))
def test_systemd_finds_no_fault(unit: str, installed: Path) -> None:
    said = _analyze("verify", f"--root={installed}", "--recursive-errors=no", unit)
    ours = [line for line in said.splitlines() if "edge-reps" in line]
    assert ours == []


def test_the_app_is_shut_in(installed: Path) -> None:
    unit = installed / "etc/systemd/system/edge-reps.service"
    said = _analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(unit))
    found = re.search(r"exposure level for edge-reps.service: ([\d.]+)", said)
    assert found and float(found.group(1)) <= MOST_EXPOSED


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda path: path.stem)
def test_there_is_a_folder_for_temporary_files(unit: Path) -> None:
    """`strict` makes /tmp read-only, too: Python, X and the browser cannot do without one."""
    text = unit.read_text()
    assert ("ProtectSystem=strict" in text) == ("PrivateTmp=yes" in text)


def test_nothing_but_board_settings_runs_as_root() -> None:
    root = {p.stem for p in UNITS.glob("*.service") if "\nUser=" not in p.read_text()}
    assert root == {"edge-reps-power", "edge-reps-confirm", "edge-reps-station"}
