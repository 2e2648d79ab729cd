"""The server from last night's dump, as the compose file makes it, and a kiosk that knows more."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra `kiosk` is not installed")

from sqlalchemy.engine import make_url

from edge_app.ledger.ledger import Ledger
from tests.ledger.making import make_start, make_verdict


def attempts(url: str) -> int:
    ledger = Ledger(url)
    try:
        assert ledger.check() == []
        return len(ledger.results.attempts())
    finally:
        ledger.close()


def test_a_dump_is_restored_and_the_kiosk_sends_the_rest(
    postgresql_url: str, tmp_path: Path
) -> None:
    dump, restore = shutil.which("pg_dump"), shutil.which("pg_restore")
    if dump is None or restore is None:
        pytest.skip("needs pg_dump")
    server = postgresql_url
    where = make_url(server)
    options = ["--host", str(where.query["host"]), "--username", "reps"]
    file = tmp_path / "school.dump"
    kiosk = Ledger(str(tmp_path / "kiosk.sqlite"), "gym-1")
    try:
        for number in (1, 2):
            recording = kiosk.begin(make_start())
            assert recording.add(make_verdict(1))
            assert recording.end("time")
            kiosk.send_to(server)
            if number == 1:
                make = [dump, *options, "--format=custom", f"--file={file}", "ledger"]
                subprocess.run(make, check=True)
        assert attempts(server) == 2
        again = [restore, *options, "--clean", "--if-exists", "--dbname=ledger", str(file)]
        subprocess.run(again, check=True)
        assert attempts(server) == 1
        kiosk.send_to(server, whole=True)
        assert attempts(server) == 2
    finally:
        kiosk.close()
