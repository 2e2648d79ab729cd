"""OneRoster's files, as a folder and as a zip."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import RosterChange
from edge_app.ledger.rosters.found import BadCell, Reading, RosterFile
from edge_app.ledger.rosters.reading import read_roster, read_roster_path

HOW = Reading(date(2026, 11, 22))
FILES = {
    "users.csv": """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,\
userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,,,true,"s1,s2",student,ada,,Ada,Li,,1001,,,,,08,
u2,,,true,s1,student,ben,,Ben,Wu,,1002,,,,,08,
u3,,,true,s1,teacher,chen,,Chen,Ma,,9,,,,,,
u4,tobedeleted,,true,s1,student,dora,,Dora,Xu,,1004,,,,,08,
u5,,,true,s1,student,eve,,,,,1005,,,,,08,
""",
    "classes.csv": """sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,\
classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
c1,,,PE 8,08,k1,P1,scheduled,,s1,t1,,,1
c2,,,PE 8,08,k1,P2,scheduled,,s1,t1,,,2
c3,,,Swimming,08,k2,,scheduled,,s1,t1,,,3
""",
    "enrollments.csv": """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,\
userSourcedId,role,primary,beginDate,endDate
e1,,,c1,s1,u1,student,,,
e2,,,c2,s1,u2,student,,,
e3,,,c3,s1,u1,student,,,
e4,,,c1,s1,u3,teacher,true,,
e5,,,c1,s1,u4,student,,,
e6,,,c1,s1,u77,student,,,
e7,tobedeleted,,c3,s1,u2,student,,,
""",
    "demographics.csv": "sourcedId,birthDate,sex\nu1,2012-02-29,female\nu2,2012-03-01,male\n",
}


def _zip(files: dict[str, str], folder: str = "") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(folder + name, content)
    return data.getvalue()


def _check(found: RosterFile) -> None:
    assert sorted((s.number, s.name, s.gender, s.grade, s.school)
                  for s in found.students.values()) == [
        ("1001", "Ada Li", "f", "8", "s1"), ("1002", "Ben Wu", "m", "8", "s1")]  # fmt: skip
    names = {c.id: c.name for c in found.classes.values()}
    assert sorted(names.values()) == ["PE 8 (P1)", "PE 8 (P2)", "Swimming"]
    enrolled = sorted(
        (found.students[e.student_id].first_name, names[e.class_id], e.active)
        for e in found.enrolments.values()
    )
    assert enrolled == [
        ("Ada", "PE 8 (P1)", True),
        ("Ada", "Swimming", True),
        ("Ben", "PE 8 (P2)", True),
        ("Ben", "Swimming", False),
    ]
    assert found.bad == [
        BadCell("users.csv", 6, "familyName", "is empty, and there is no other name"),
    ]
    assert [(r.student_source, r.file, r.row) for r in found.references] == [
        ("u77", "enrollments.csv", 7)
    ]


def test_a_folder(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    _check(read_roster_path(tmp_path, HOW))


@pytest.mark.parametrize("folder", ["", "OneRosterv1p1BaseCSV/", "../../../tmp/", "C:\\"])
def test_a_zip_wherever_its_files_lie(tmp_path: Path, folder: str) -> None:
    _check(read_roster(_zip(FILES, folder), "roster.zip", HOW))
    (tmp_path / "roster.zip").write_bytes(_zip(FILES, folder))
    _check(read_roster_path(tmp_path / "roster.zip", HOW))


def test_without_demographics_and_roles() -> None:
    """OneRoster 1.2 says the role in another file; enrollments have it all the same."""
    files = {k: v for k, v in FILES.items() if k != "demographics.csv"}
    files["users.csv"] = "sourcedId,givenName,familyName\nu1,Ada,Li\nu3,Chen,Ma\n"
    files["enrollments.csv"] = "classSourcedId,userSourcedId,role\nc1,u1,student\nc1,u3,teacher\n"
    found = read_roster(_zip(files), "roster.zip", HOW)
    assert not found.bad and len(found.enrolments) == 1
    assert next(iter(found.students.values())).number == "u1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_zip({"users.csv": FILES["users.csv"]}), "needs classes.csv"),
        (b"PK\x03\x04" + b"x" * 100, "not a valid zip file"),
        (_zip(FILES)[:-30], "not a valid zip file"),
        (_zip({**FILES, "classes.csv": "sourcedId\nc1\n"}), "classes.csv has no column"),
        (_zip({**FILES, "a/users.csv": FILES["users.csv"]}), "contains users.csv twice"),
        (_zip({**FILES, "users.csv": "x" * (64 * 2**20 + 1)}), "users.csv is larger than 64 MB"),
    ],
    ids=["missing", "no zip", "cut", "column", "twice", "bomb"],
)
def test_what_is_no_oneroster_gets_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_roster(data, "roster.zip", HOW)


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_roster_path(tmp_path / "nothing.csv", HOW)


class TestImport:
    """Into the roster, whole or not at all."""

    @pytest.fixture
    def ledger(self, url: str, open_ledger: Callable[..., Ledger]) -> Ledger:
        return open_ledger(url)

    def test_none_or_the_good_ones_as_asked(self, ledger: Ledger) -> None:
        found = read_roster(_zip(FILES), "roster.zip", HOW)
        planned = RosterChange(2, 0, 3, 4)
        assert ledger.imports.plan(found).counts == planned
        with pytest.raises(InputError, match="1 rows are bad; nothing was imported"):
            ledger.imports.store(found, "zip").counts
        assert ledger.roster.students() == []
        assert ledger.imports.store(found, "zip", skip_bad=True).counts == planned
        assert len(ledger.roster.students()) == 2
        assert ledger.imports.store(found, "zip", skip_bad=True).counts == RosterChange()

    def test_a_complete_file_ends_other_enrolments(self, ledger: Ledger) -> None:
        found = read_roster(_zip(FILES), "roster.zip", HOW)
        ledger.imports.store(found, "zip", skip_bad=True).counts
        later = {
            **FILES,
            "enrollments.csv": FILES["enrollments.csv"].replace("c3,s1,u1", "c1,s1,u1"),
        }
        found = read_roster(_zip(later), "roster.zip", HOW)
        assert ledger.imports.store(found, "zip", skip_bad=True).counts.enrolments_changed == 0
        done = ledger.imports.store(found, "zip", skip_bad=True, complete=True).counts
        assert done.enrolments_changed == 1
        (swimming,) = [c for c in ledger.roster.classes() if c.name == "Swimming"]
        assert ledger.roster.students(swimming.id) == []

    def test_a_changed_name_is_changed(self, ledger: Ledger) -> None:
        for name in ("Li", "Li-Wu"):
            text = f"ID,First name,Last name\n1001,Ada,{name}\n"
            found = read_roster(text.encode(), "roster.csv", HOW)
            change = ledger.imports.store(found, "zip").counts
        assert change == RosterChange(students_changed=1)
        assert [s.last_name for s in ledger.roster.students()] == ["Li-Wu"]
