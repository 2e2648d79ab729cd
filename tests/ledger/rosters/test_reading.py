"""A roster of any kind, told by its content."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.rosters.found import Reading
from edge_app.ledger.rosters.reading import read_roster, read_roster_path
from tests.ledger.rosters.test_linked import CLEVER_FILES, SDS_FILES

HOW = Reading(date(2026, 11, 22))
LIST = "ID,Name\n7,Ada\n"


def _zip(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        (LIST.encode(), ["7"]),
        (_zip({"class list.csv": LIST}), ["7"]),
        (_zip({"__MACOSX/._list.csv": "x", "list.txt": LIST, "readme.md": "x"}), ["7"]),
        (_zip(CLEVER_FILES), ["1001", "1002", "S3"]),
        (
            _zip({f"district/{n.upper()}": t for n, t in CLEVER_FILES.items()}),
            ["1001", "1002", "S3"],
        ),
        (_zip({**SDS_FILES, "teacher.csv": "SIS ID\nT1\n"}), ["1001"]),
    ],
    ids=["csv", "zipped", "mac", "clever", "folder", "sds"],
)
def test_a_roster_is_what_its_content_is(data: bytes, numbers: list[str]) -> None:
    found = read_roster(data, "roster", HOW)
    assert sorted(s.number for s in found.students.values()) == numbers


def test_a_folder_of_clever_files(tmp_path: Path) -> None:
    for name, text in CLEVER_FILES.items():
        (tmp_path / name.capitalize()).write_text(text)
    assert len(read_roster_path(tmp_path, HOW).students) == 3


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_zip({"a.csv": LIST, "b.csv": LIST}), "needs users.csv"),
        (_zip({"readme.md": "x"}), "needs users.csv"),
        (_zip({"content.xml": "x", "mimetype": "x"}), "is an OpenDocument file"),
        (_zip({"inner.csv": "PK\x03\x04 no zip"}), "not a valid zip"),
        (b"PK\x03\x04cut", "not a valid zip"),
        (_zip({"users.csv": "x" * 99})[7:].join([b"PK\x03\x04", b""]), "not a valid zip"),
    ],
)
def test_what_is_no_roster_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_roster(data, "roster.zip", HOW)


def test_a_path_that_cannot_be_gets_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", Path("a\0b"), tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match="cannot read"):
            read_roster_path(path, HOW)
