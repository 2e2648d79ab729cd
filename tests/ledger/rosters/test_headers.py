"""Headers of school systems and of people."""

from __future__ import annotations

import pytest

from edge_app.ledger.rosters.headers import FIELDS, columns_of, field_of, plain


def _fields(header: str) -> dict[str, str]:
    cells = header.split("|")
    return {field: cells[at] for at, field in columns_of(cells).items()}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Student_Number|Last_Name|First_Name|DOB|Gender|Grade_Level|Home_Room",  # PowerSchool
         "number last_name first_name birth_date gender grade class"),
        ("STUDENTS.Student_Number|[39]Alternate|STUDENTS.LastFirst|STUDENTS.DOB",
         "number name birth_date"),
        ("student.studentNumber|student.lastName|student.firstName|student.birthdate|"
         "sectionSchedule.courseName", "number last_name first_name birth_date class"),
        ("First Name [Required]|Last Name [Required]|Email Address [Required]|Employee ID",
         "first_name last_name address number"),  # Google Workspace
        ("Student|ID|SIS User ID|SIS Login ID|Section", "name number class"),  # Canvas
        ("No|Name|ID|Class|Gender|DOB", "name number class gender birth_date"),  # Singapore
        ("Schüler-ID|Familienname|Rufname|Geschlecht|geb.|Klasse|Jahrgangsstufe",
         "number last_name first_name gender birth_date class grade"),
        ("Schuelernummer|Name|Vorname|Klasse", "number last_name first_name class"),
        ("學號|姓名|性別|生日|班級|座號", "number name gender birth_date class"),
        ("學生姓名|學號|年級|班別", "name number grade class"),
        ("年级编号|班级编号|班级名称|学籍号|民族代码|姓名|性别|出生日期|家庭住址",
         "class number name gender birth_date"),
        ("学年|組|番号|氏名|ふりがな|性別|生年月日|学籍番号",
         "grade class number name gender birth_date"),
        ("학년|반|번호|학생성명|학번|생년월일", "grade class name number birth_date"),
        ("Matrícula|Apellido paterno|Apellido materno|Nombre|Sexo|Fecha de nacimiento|Grupo",
         "number last_name second_last first_name gender birth_date class"),
        ("N° élève|Nom|Prénom|Né(e) le|Sexe|Classe",
         "number last_name first_name birth_date gender class"),
        ("Identifiant|Nom de famille|Prénom|Division", "number last_name first_name class"),
        ("Leerlingnummer|Achternaam|Tussenvoegsel|Roepnaam|Klas",
         "number last_name middle_name first_name class"),
        ("Oppilasnumero|Sukunimi|Etunimet|Syntymäaika|Luokka",
         "number last_name first_name birth_date class"),
        ("学号/Student ID|姓名 (Name)|班级\nClass", "number name class"),
        ("pupilFirstName|pupilLastName|pupilNumber|form", "first_name last_name number class"),
        ("STUDENT ID:|SURNAME *|FORENAME *", "number last_name first_name"),
    ],
)  # fmt: skip
def test_the_columns_of_many_systems(header: str, fields: str) -> None:
    assert sorted(_fields(header)) == sorted(fields.split())


@pytest.mark.parametrize(
    ("header", "field", "chosen"),
    [
        ("Student ID|State ID|ID|Name", "number", "Student ID"),
        ("学籍号|学号|姓名", "number", "学号"),
        ("学籍号|姓名", "number", "学籍号"),  # where nothing else is there
        ("dcid|student_number|id|name", "number", "student_number"),
        ("Student_id|State_id|Student_number|Last_name", "number", "Student_number"),
        ("Student Unique ID|Student ID|Local ID|Name", "number", "Local ID"),
        ("班级编号|班级名称|班级|姓名|学号", "class", "班级名称"),
        ("Name|First name|ID", "last_name", "Name"),
        ("Name|Surname|ID", "first_name", "Name"),
        ("Nombre|Apellidos|ID", "first_name", "Nombre"),
        ("Full name|First name|Last name|ID", "first_name", "First name"),
    ],
)
def test_of_several_columns_the_better_one_is_read(header: str, field: str, chosen: str) -> None:
    assert _fields(header)[field] == chosen
    assert "name" not in _fields(header) or "first_name" not in _fields(header)


@pytest.mark.parametrize(
    "header", ["座号", "座號", "序号", "No.", "#", "Teacher", "", "SSN", "备注"]
)
def test_what_is_no_field(header: str) -> None:
    assert field_of(header) is None


def test_one_header_twice_is_left_to_the_caller() -> None:
    assert columns_of(["ID", "ID", "Name"]) == {0: "number", 1: "number", 2: "name"}


def test_no_name_stands_for_two_fields() -> None:
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        for name in names:
            assert found.setdefault(plain(name), field) == field, name


def test_a_cell_beyond_all_measure_is_no_header() -> None:
    assert field_of("学号" + "[" * 20_000) is None
    assert field_of("[" * 199) is None
