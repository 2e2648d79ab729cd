"""`reps station`: from the operator's file to a system that is set."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.device.station_file import SERVER, SETTINGS, WIFI
from edge_app.settings import load_settings
from tests.device.operator_file import WHOLE, written


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system that was installed and not yet set."""
    root = tmp_path / "root"
    (root / "etc/edge-reps").mkdir(parents=True)
    (root / SETTINGS).write_text('# by hand\nmodel = "accurate"\npicture_fps = 12.5\n')
    (root / "etc/hosts").write_text("127.0.0.1\tlocalhost\n127.0.1.1\tstation\n::1\tlocalhost\n")
    return root


def test_a_whole_station(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, WHOLE)
    assert main(["station", "apply", str(file), "--root", str(root)]) == 0
    assert (root / "etc/hostname").read_text() == "gym-1\n"
    assert (root / "etc/hosts").read_text().splitlines() == [
        "127.0.0.1\tlocalhost", "::1\tlocalhost", "127.0.1.1\tgym-1"
    ]  # fmt: skip
    assert (root / "etc/timezone").read_text() == "Asia/Shanghai\n"
    assert str((root / "etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Shanghai"
    settings = load_settings(root / SETTINGS)
    assert (settings.station, settings.camera, settings.host) == ("gym-1", "usb:", "0.0.0.0")
    assert (settings.language, settings.protocol) == ("zh", "china-sit-up")
    assert "gym-1" in settings.names
    assert (settings.model, settings.picture_fps) == ("accurate", 12.5)  # as the operator left it
    wifi = configparser.RawConfigParser(delimiters=("=",))
    wifi.read(root / WIFI)
    assert wifi["wifi"]["ssid"] == r"Turnhalle\; Süd"
    assert wifi["wifi-security"]["psk"] == r"sehr \\ geheim"
    for path, mode in ((WIFI, 0o600), (SERVER, 0o640), (SETTINGS, 0o640), ("etc/hosts", 0o644)):
        assert (root / path).stat().st_mode & 0o777 == mode, path
    assert "etc/hostname" in capsys.readouterr().out

    assert main(["station", "apply", str(file), "--root", str(root)]) == 0
    assert "nothing to change" in capsys.readouterr().out


def test_what_is_not_said_is_left_alone(root: Path, tmp_path: Path) -> None:
    assert main(["station", "apply", str(written(tmp_path, WHOLE)), "--root", str(root)]) == 0
    assert (
        main(["station", "apply", str(written(tmp_path, 'name = "gym-2"')), "--root", str(root)])
        == 0
    )
    assert not (root / WIFI).exists() and not (root / SERVER).exists()  # it has another network now
    settings = load_settings(root / SETTINGS)
    assert (settings.station, settings.host, settings.camera) == ("gym-2", "127.0.0.1", "usb:")
    assert (root / "etc/timezone").read_text() == "Asia/Shanghai\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "missing key 'name'"),
        (
            'name = "Gym 1"',
            "line 1: 'name' must be lower-case letters, digits and '-', such as gym-1, not 'Gym 1'",
        ),
        ('name = "-gym"', "such as gym-1, not '-gym'"),
        ('name = "gym"\nport = 80', "unknown key 'port'"),
        (
            'name = "gym"\ntimezone = "../../etc/passwd"',
            "line 2: 'timezone' must be a time zone such as Asia/Shanghai, not '../",
        ),
        ('name = "gym"\ntimezone = "Mars/Olympus"', "no such time zone: Mars/Olympus"),
        ('name = "gym"\nlanguage = "fr"', "'language' must be one of en, zh, not 'fr'"),
        ('name = "gym"\ncamera = "webcam"', "'webcam' is not a camera address"),
        ('name = "gym"\nprotocol = "marathon"', "no protocol 'marathon'"),
        (
            'name = "gym"\nserver = "mysql://host/db"',
            "'server' is invalid: use the form postgresql://",
        ),
        ('name = "gym"\nserver = "postgresql://host"', "use the form postgresql://"),
        ('name = "gym"\n[wifi]\nname = "hall"\npassword = "short"', "8 to 63"),
        ('name = "gym"\n[wifi]\nname = "a\\nb"', "contains a non-printable character"),
        ('name = "gym"\n[wifi]\nkey = "x"', "unknown key 'wifi.key'"),
        ("name = ", "edge-reps.toml"),
    ],
)
def test_a_wrong_file_changes_nothing(
    text: str, said: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "usr/share/zoneinfo").mkdir(parents=True)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    file = written(tmp_path, text)
    assert main(["station", "apply", str(file), "--root", str(root)]) == 2
    assert said in capsys.readouterr().err
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


def test_check_writes_nothing(root: Path, tmp_path: Path) -> None:
    assert main(["station", "check", str(written(tmp_path, WHOLE)), "--root", str(root)]) == 0
    assert not (root / "etc/hostname").exists()


def test_comments_of_the_settings_are_kept(root: Path, tmp_path: Path) -> None:
    (root / SETTINGS).write_text('# ours\nstation = "old"  # the hall\nport = 81  # behind nginx\n')
    file = written(tmp_path, 'name = "gym-1"')
    assert main(["station", "apply", str(file), "--root", str(root)]) == 0
    first = '# ours\nstation = "gym-1"  # the hall\nport = 81  # behind nginx\n'
    assert (root / SETTINGS).read_text() == first + 'host = "127.0.0.1"\n'


def test_the_old_note_that_comments_are_lost_goes(root: Path, tmp_path: Path) -> None:
    (root / SETTINGS).write_text(
        "# Written by `reps station apply`; comments are lost, other keys are kept.\nport = 81\n"
    )
    file = written(tmp_path, 'name = "gym-1"')
    assert main(["station", "apply", str(file), "--root", str(root)]) == 0
    assert "are lost" not in (root / SETTINGS).read_text()
    assert load_settings(root / SETTINGS).port == 81
