"""Clever's files, and School Data Sync's first format."""

from __future__ import annotations

from datetime import date
from typing import Mapping

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.linked import CLEVER, SDS, format_of, read_linked

HOW = Reading(date(2026, 11, 22))
CLEVER_FILES = {
    "students.csv": "School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,"
                    "Grade,Gender,DOB,Password\n"
                    "410,S1,1001,55,Li,,Ada,07,F,03/04/2014,secret\n"
                    "410,S2,1002,56,Wu,,Ben,07,M,05/06/2014,secret\n"
                    "410,S3,,57,Xu,,Cem,07,M,05/06/2014,secret\n",
    "sections.csv": "School_id,Section_id,Teacher_id,Name,Section_number,Course_name,Period\n"
                    "410,X1,T9,PE 7,1,PE,1\n410,X2,T9,PE 7,2,PE,2\n410,X3,T9,,3,Swimming,4\n",
    "enrollments.csv": "School_id,Section_id,Student_id\n410,X1,S1\n410,X2,S2\n"
                       "410,X3,S1\n410,X9,S1\n",
}  # fmt: skip
SDS_FILES = {
    "student.csv": "SIS ID,School SIS ID,Username,First Name,Last Name,Student Number,Status,Grade,"
                   "Birthdate\nS1,410,ada,Ada,Li,1001,Active,7,2014-03-04\n"
                   "S2,410,ben,Ben,Wu,1002,Inactive,7,2014-03-05\n",
    "section.csv": "SIS ID,School SIS ID,Section Name\nX1,410,PE 7\n",
    "studentenrollment.csv": "Section SIS ID,SIS ID\nX1,S1\nX1,S2\n",
}  # fmt: skip


def _read(files: Mapping[str, str]) -> RosterFile:
    data = {name: text.encode() for name, text in files.items()}
    form = format_of(data)
    assert form is not None
    return read_linked(data, form, HOW)


def _classes(found: RosterFile) -> dict[str, list[str]]:
    names = {one.id: one.name for one in found.classes.values()}
    members: dict[str, list[str]] = {name: [] for name in names.values()}
    for enrolment in found.enrolments.values():
        members[names[enrolment.class_id]].append(found.students[enrolment.student_id].number)
    return members


def test_clever() -> None:
    found = _read(CLEVER_FILES)
    ada = next(s for s in found.students.values() if s.number == "1001")
    assert (ada.name, ada.gender, ada.grade, ada.school, ada.source_id) == (
        "Ada Li", "f", "7", "410", "S1")  # fmt: skip
    assert ada.birth_date == date(2014, 3, 4), "Clever writes the month first"
    assert _classes(found) == {"PE 7 (X1)": ["1001"], "PE 7 (X2)": ["1002"], "Swimming 3": ["1001"]}
    assert {s.number for s in found.students.values()} == {"1001", "1002", "S3"}
    assert [(r.class_source, r.row) for r in found.references] == [("X9", 5)]
    assert found.bad == []


def test_school_data_sync_v1() -> None:
    found = _read(SDS_FILES)
    assert _classes(found) == {"PE 7": ["1001"]}, "who is inactive is not imported"
    assert next(iter(found.students.values())).birth_date == date(2014, 3, 4)


def test_the_british_headers_of_school_data_sync() -> None:
    files = {name: text.replace("School SIS ID", "School DfE Number").replace("SIS ID", "ID")
             for name, text in SDS_FILES.items()}  # fmt: skip
    files["studentenrollment.csv"] = "Section ID,ID\nX1,S1\n"
    assert _classes(_read(files)) == {"PE 7": ["1001"]}


def test_bad_rows_are_named_and_their_enrolments_block_nothing() -> None:
    text = CLEVER_FILES["students.csv"].replace("S2,1002,56,Wu,,Ben", "S2,1002,56,,,")
    found = _read({**CLEVER_FILES, "students.csv": text})
    assert [(b.file, b.row, b.column) for b in found.bad] == [("students.csv", 3, "Last_name")]
    assert _classes(found)["PE 7 (X2)"] == []


def test_what_is_missing_is_said() -> None:
    assert format_of({"students.csv": b"", "sections.csv": b""}) is None
    assert format_of(dict.fromkeys(CLEVER_FILES, b"")) is CLEVER
    assert format_of(dict.fromkeys(SDS_FILES, b"")) is SDS
    with pytest.raises(InputError, match=r"sections\.csv has no column for the key"):
        _read({**CLEVER_FILES, "sections.csv": "Name\nPE\n"})
