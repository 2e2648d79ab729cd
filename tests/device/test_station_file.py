"""From the operator's file to the files of the system."""

from __future__ import annotations

import configparser
import subprocess
from pathlib import Path

import pytest
import tomli

from edge_app.device.station_file import (
    SERVER,
    SETTINGS,
    WIFI,
    StationFile,
    Wifi,
    read_station,
    split_server,
    system_files,
)
from edge_app.errors import InputError
from edge_app.kiosk.choices import Choices
from edge_app.settings import load_settings
from tests.device.operator_file import WHOLE, written


def test_the_password_of_the_server_is_apart(tmp_path: Path) -> None:
    station = read_station(written(tmp_path, WHOLE))
    (file,) = [f for f in system_files(station) if f.path == SERVER]
    path = tmp_path / "server.env"
    path.write_text(file.text)
    # systemd reads such a file as a POSIX shell reads double quotes.
    script = f'. {path}; printf "%s\\n" "$EDGE_REPS_SERVER" "$PGPASSWORD"'
    said = subprocess.run(["sh", "-c", script], check=True, stdout=subprocess.PIPE, text=True)
    assert said.stdout.splitlines() == ["postgresql://kiosk@school.lan/results", 'p@ss$\\"word']


@pytest.mark.parametrize("name", ["hall", " hall", "a\\b;c=d", "[hall]", "体育馆"])
def test_networks_of_any_name(name: str) -> None:
    (file,) = [f for f in system_files(StationFile("g", wifi=Wifi(name))) if f.path == WIFI]
    parsed = configparser.RawConfigParser(delimiters=("=",))
    parsed.read_string(file.text)
    ssid = parsed["wifi"]["ssid"].replace("\\s", " ").replace("\\;", ";").replace("\\\\", "\\")
    assert ssid == name
    assert "wifi-security" not in parsed


def test_settings_survive_as_toml(tmp_path: Path) -> None:
    kept = 'names = ["a", "b"]\nthreads = 2\nallow_fallback = true\nledger = \'q"\\ü\'\n'
    (file,) = [f for f in system_files(StationFile("g"), kept) if f.path == SETTINGS]
    assert file.text.startswith(kept)
    assert tomli.loads(file.text)["station"] == "g"


def test_a_server_without_a_user() -> None:
    assert split_server("postgresql://db.school:5433/r") == ("postgresql://db.school:5433/r", "")
    with pytest.raises(InputError, match="not a URL"):
        split_server("postgresql://[::1/r")


def test_the_pages_begin_with_the_stations_language_and_test(tmp_path: Path) -> None:
    pytest.importorskip("sqlalchemy", reason="the extra `kiosk` is not installed")
    from edge_app.kiosk.kiosk import first_choices

    path = written(tmp_path, 'camera = "usb:"\nlanguage = "zh"\nprotocol = "china-sit-up"\n')
    chosen = first_choices(load_settings(path))
    assert chosen == Choices(camera="usb:", language="zh", protocol="china-sit-up")


@pytest.mark.parametrize(("rotate", "mirror"), [(180, True), (0, False)])
def test_a_camera_that_hangs_upside_down_and_is_turned_back(rotate: int, mirror: bool) -> None:
    station = StationFile("g", rotate=rotate, mirror=mirror)
    (file,) = [f for f in system_files(station, "rotate = 90\n") if f.path == SETTINGS]
    settings = tomli.loads(file.text)
    assert (settings["rotate"], settings.get("mirror", False)) == (rotate, mirror)
