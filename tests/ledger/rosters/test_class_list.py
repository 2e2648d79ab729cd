"""Rosters as schools send them."""

from __future__ import annotations

import codecs
import csv
import io
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given
from hypothesis import strategies as st

from edge_app.errors import InputError
from edge_app.ledger.roster import RosterChange
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import BadCell, Reading
from edge_app.ledger.rosters.numbers import ERRORS
from edge_app.ledger.spreadsheet_escape import escaped

TODAY = date(2026, 11, 22)
PLAIN = "StudentID,StudentFirstName,StudentLastName,ClassName\n7,Ada,Li,7b\n8,José,Müller,7b\n"
CHINESE = "学号,姓名,性别,班级\n20260101,张伟,男,七年级(2)班\n20260102,王芳,女,七年级(2)班\n"


def _names(data: bytes, encoding: str = "") -> list[str]:
    found = read_csv(data, "roster.csv", Reading(TODAY, encoding))
    assert found.bad == []
    return [student.name for student in found.students.values()]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (PLAIN.encode(), ["Ada Li", "José Müller"]),
        (PLAIN.encode("utf-8-sig"), ["Ada Li", "José Müller"]),
        (PLAIN.encode("cp1252"), ["Ada Li", "José Müller"]),
        (PLAIN.encode("utf-16"), ["Ada Li", "José Müller"]),
        (PLAIN.encode("utf-16-le"), ["Ada Li", "José Müller"]),
        (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), ["Ada Li", "José Müller"]),
        (PLAIN.encode("utf-16-be"), ["Ada Li", "José Müller"]),
        (PLAIN.encode("utf-32"), ["Ada Li", "José Müller"]),
        (CHINESE.encode(), ["张伟", "王芳"]),
        (CHINESE.encode("gb18030"), ["张伟", "王芳"]),
        (CHINESE.encode("utf-16-le"), ["张伟", "王芳"]),
        (PLAIN.replace("Ada", "𠮷").encode("gb18030"), ["𠮷 Li", "José Müller"]),
        (PLAIN.replace(",", ";").encode(), ["Ada Li", "José Müller"]),
        (PLAIN.replace(",", "\t").encode(), ["Ada Li", "José Müller"]),
        (PLAIN.replace("\n", "\r\n").encode(), ["Ada Li", "José Müller"]),
        (PLAIN.replace("\n", "\r").encode(), ["Ada Li", "José Müller"]),
        (PLAIN.replace("Ada", '"Ada ""the"", first"').encode(), ['Ada "the", first Li',
                                                                 "José Müller"]),
    ],
)  # fmt: skip
def test_every_encoding_and_separator(data: bytes, names: list[str]) -> None:
    assert _names(data) == names


def test_a_chinese_name_in_two_columns_is_one_name() -> None:
    text = "学号,姓,名\n1,张,伟\n2,欧阳,娜娜\n3,Li,Ada\n4,王,Ada\n"
    assert _names(text.encode()) == ["张伟", "欧阳娜娜", "Ada Li", "Ada 王"]


def test_who_knows_the_encoding_may_say_it() -> None:
    assert _names(PLAIN.replace("Ada", "Łukasz").encode("cp1250"), "cp1250")[0] == "Łukasz Li"
    with pytest.raises(InputError, match="not text in ascii"):
        read_csv(PLAIN.encode(), "roster.csv", Reading(TODAY, "ascii"))
    with pytest.raises(InputError, match="unknown encoding: 'klingon'"):
        read_csv(PLAIN.encode(), "roster.csv", Reading(TODAY, "klingon"))


def test_fitnessgrams_own_columns() -> None:
    text = (
        "SchoolID,StudentID,StudentFirstName,StudentLastName,StudentMiddleInitial,"
        "StudentBirthdate,StudentGrade,StudentGender,ClassName,TeacherEmail\n"
        "101,0007,Ada,Li,B,02/29/2012,8,F,PE 3,wu@example.org\n"
        "101,0007,Ada,Li,B,02/29/2012,8,F,PE 4,wu@example.org\n"
    )
    found = read_csv(text.encode(), "roster.csv", Reading(TODAY))
    (student,) = found.students.values()
    assert (student.number, student.birth_date, student.gender) == ("0007", date(2012, 2, 29), "f")
    assert (student.school, student.grade, student.name) == ("101", "8", "Ada B Li")
    assert sorted(c.name for c in found.classes.values()) == ["PE 3", "PE 4"]
    assert len(found.enrolments) == 2
    assert "unused columns: TeacherEmail" in found.notes


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",Ada,Li,,,", "StudentID", "is empty"),
        ("123-45-6789,Ada,Li,,,", "StudentID", "social security"),
        ("7,,,,,", "StudentLastName", "is empty"),
        ("7,Ada,Li,q,,", "Gender", "'q' must be f, m or x"),
        ("7,Ada,Li,,soon,", "Birthdate", "must be YYYY-MM-DD or MM/DD/YYYY"),
        ("7,Ada,Li,,31/31/2012,", "Birthdate", "is no date"),
        ("7,Ada,Li,,2030-01-01,", "Birthdate", "not a plausible birth date"),
        ("7,Ada,Li,,0001-01-01,", "Birthdate", "not a plausible birth date"),
        (f"7,{'A' * 101},Li,,,", "StudentFirstName", "longer than 100"),
        ('7,"A\nda",Li,,,', "StudentFirstName", "control character"),
        ("6,Ben,Li,,,", "StudentID", "belongs to another student in row 2"),
        ("7,Ada,Li,,,7b,more", "", "more cells than the header's 6"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(row: str, column: str, reason: str) -> None:
    header = "StudentID,StudentFirstName,StudentLastName,Gender,Birthdate,Class\n"
    text = f"{header}6,Cem,Li,,,7b\n{row}\n,,,,,\n9,Dan,Li,,,7b\n"
    found = read_csv(text.encode(), "roster.csv", Reading(TODAY))
    (bad,) = found.bad
    assert bad == BadCell("roster.csv", 3, column, bad.reason) and reason in bad.reason
    assert [s.number for s in found.students.values()] == ["6", "9"]
    assert found.bad_total == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column for the number"),
        ("Name,Class\nAda,7b\n", "no column for the number"),
        ("ID,ID,Name\n1,2,Ada\n", "two columns for"),
        ('ID,Name\n1,"Ada\n2,Ben\n', "quotes are wrong"),
        ('ID,Name\n1,"Ada" Li\n', "quotes are wrong"),
        (f"ID,Name\n1,{'A' * 200_000}\n", "quotes are wrong"),  # csv's own limit of a cell
        ("ID,Name\n1,A\0da\n", "not text in"),
    ],
)
def test_what_is_no_roster_gets_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_csv(text.encode(), "roster.csv", Reading(TODAY))


NAMES = (
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
    .map(str.strip)
    .filter(
        lambda name: name and name.upper() not in ERRORS
    )  # a spreadsheet's error is nobody's name
)


@given(
    st.lists(NAMES, min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_no_name_is_lost(names: list[str], comma: str, encoding: str, quoting: int) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=comma, quoting=quoting)
    writer.writerow(["学号", "姓名", "班级"])
    for number, name in enumerate(names):
        writer.writerow([str(number), escaped(name), "七年级二班"])
    found = read_csv(file.getvalue().encode(encoding), "roster.csv", Reading(TODAY, encoding))
    assert [s.last_name for s in found.students.values()] == names and not found.bad


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    for content in (data, b"ID,Name\n" + data, b'ID,Name\n1,"' + data):
        try:
            found = read_csv(content, "roster.csv", Reading(TODAY))
        except InputError as refused:
            assert "roster.csv" in str(refused)
        else:
            lines = content.count(b"\n") + content.count(b"\r") + 1
            assert len(found.students) + found.bad_total <= lines


_IMPORT = """
import resource, sys, time
from datetime import date
from pathlib import Path
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.rosters.found import Reading
from edge_app.ledger.rosters.reading import read_roster_path

ledger = Ledger(sys.argv[2])
file = read_roster_path(Path(sys.argv[1]), Reading(date(2026, 11, 22)))
print(ledger.imports.store(file, "roster.csv").counts.students_added)
print(ledger.imports.plan(file).counts)
ledger.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.process_time())
"""


@pytest.mark.slow
def test_a_hundred_thousand_rows_take_bounded_time_and_memory(tmp_path: Path) -> None:
    row = "{0},Ada{0},Li{0},f,2012-02-29,8,class {1}\n"
    text = "ID,First name,Last name,Gender,Birthdate,Grade,Class\n"
    text += "".join(row.format(i, i % 3000) for i in range(100_000))
    (tmp_path / "roster.csv").write_text(text)
    command = [sys.executable, "-c", _IMPORT, "roster.csv", "ledger.sqlite"]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    added, again, costs = done.stdout.splitlines()
    assert added == "100000" and again == str(RosterChange())
    peak_mb, cpu_s = map(float, costs.split())
    assert peak_mb < 700, "memory grows out of proportion"
    assert cpu_s < 240, "a step is quadratic"
