"""`reps kiosk`, as it is typed: where it listens, and what it says of it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from edge_app.cli.kiosk import _listen, _settings, _where, add_options
from edge_app.cli.main import main
from edge_app.errors import InputError
from edge_app.settings import Settings


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("127.0.0.1", "localhost"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("::1", "[::1]"),
        ("10.0.0.7", "10.0.0.7"),
        ("gym-1", "gym-1"),
    ],
)
def test_the_address_that_is_printed_can_be_opened(host: str, where: str) -> None:
    assert _where(host) == where


def test_a_place_where_nobody_can_listen_gets_a_sentence() -> None:
    with pytest.raises(InputError, match="cannot listen on"):
        _listen(Settings(host="é..b", port=0))


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_flag_is_checked_as_the_settings_file_is(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("fastapi", reason="needs the kiosk extra")
    pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
    assert main(["kiosk", "--port", port]) == 2
    assert f"reps: 'port' must be from 0 to 65535, not {port}" in capsys.readouterr().err


def test_flags_stand_above_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text('host = "0.0.0.0"\nport = 81\nmodel = "accurate"\nprovider = "openvino"\n')
    parser = argparse.ArgumentParser()
    add_options(parser)
    words = ["--settings", str(file), "--port", "0", "--threads", "2", "--data", str(tmp_path)]
    settings = _settings(parser.parse_args(words))
    assert (settings.host, settings.port, settings.threads) == ("0.0.0.0", 0, 2)
    assert (settings.model, settings.provider) == ("accurate", "openvino"), "as the file says"
    assert settings.folder == tmp_path
