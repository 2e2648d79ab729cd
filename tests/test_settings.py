"""An operator's settings: defaults, the file, and what a wrong one answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.settings import Settings, load_settings


def test_settings_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text('port = 9000\nhost = "0.0.0.0"\nnames = ["hall.lan"]\ndata = "/var/lib/reps"\n')
    settings = load_settings(path)
    assert (settings.port, settings.names) == (9000, ("hall.lan",))
    assert settings.ledger_url == str(Path("/var/lib/reps/ledger.sqlite"))
    assert load_settings(None) == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", "line 1: unknown key 'prot'; did you mean 'port'"),
        ("port = 1.5", "'port' must be a whole number"),
        ("port = true", "'port' must be a whole number"),
        ("port = 70000", "'port' must be from 0 to 65535, not 70000"),
        ('provider = "cpu"\nlanguage = "fr"', "line 2: 'language' must be one of en, zh, not 'fr'"),
        ('provider = "tensort"', "not 'tensort'; did you mean 'tensorrt'"),
        ("evidence_days = 99999", "'evidence_days' must be from 0 to 36500"),
        ("mats = 3", "'mats' must be from 1 to 2, not 3"),
        ("picture_fps = 0", "'picture_fps' must be from"),
        ("picture_width_px = 5", "'picture_width_px' must be from"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        load_settings(path)


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert Settings().folder == Path.home() / ".local/share/edge-reps"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Settings().folder == tmp_path / "edge-reps"
    assert Settings(data="/srv/reps").folder == Path("/srv/reps")


def test_the_ledger_of_the_command_line_is_opened_unless_a_folder_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EDGE_REPS_LEDGER", "postgresql://school/results")
    assert Settings().ledger_url == "postgresql://school/results"
    assert Settings(data="/srv/reps").ledger_url == str(Path("/srv/reps/ledger.sqlite"))
    assert Settings(ledger="own.sqlite").ledger_url == "own.sqlite"


def test_the_old_name_of_a_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.write_text("stations = 2\n")
    assert load_settings(path).mats == 2
