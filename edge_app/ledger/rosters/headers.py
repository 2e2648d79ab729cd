"""Which column is which: headers of school systems and of people, in many languages.

For each field the names are listed best first. Of two columns for one field the better one is
read and the other is said to be unused: «Student ID» beside «State ID», 学号 beside 学籍号.
FitnessGram's names are those of help.fitnessgram.net/import; those of Clever, Microsoft School
Data Sync, PowerSchool and Infinite Campus follow the vendors' public descriptions.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Iterator, Mapping, Sequence

# A column of several names for one field comes in the order of preference.
_NUMBER = """
student number|studentnumber|student num|student no|local student id|local id|student id|pupil id|
pupil number|learner id|learner number|sis user id|sis id|employee id|admission number|
admission no|admissions number|roll number|index number|
schülernummer|schuelernummer|schüler nr|schueler nr|schüler id|schueler id|schüleridentnummer|
schülernr|schuelernr|学号|學號|学生编号|學生編號|学籍番号|学生番号|児童生徒番号|生徒番号|학번|학생번호|
matricule|numéro d'élève|numéro élève|no élève|n° élève|identifiant élève|identifiant|
matrícula|número de matrícula|número de alumno|número de control|no de control|nº de alumno|
número de expediente|nº expediente|expediente|carné|matricola|numero matricola|
leerlingnummer|stamnummer|elevnummer|elev id|oppilasnumero|opiskelijanumero|
numer ucznia|číslo žáka|номер ученика|öğrenci no|okul no|número do aluno|
number|id|numéro|numero|nummer|user id|person id|编号|編號|番号|번호 id|
学籍号|學籍號|全国学籍号|学籍辅号|state id|state student id|stateid|ssid|unique student id|
student unique id|uid|upn|ine|nie|nss|curp|state number|statenum|studentnum
"""
_ADDRESS = (
    "email address|email|e mail|mail|student email|school email|username|user name|邮箱|電子郵件"
)
_FIRST = """
student first name|first name|given name|given names|forename|forenames|preferred first name|
legal first name|first|rufname|vorname|vornamen|prénom|prénoms|nombres|nombre de pila|nome próprio|
voornaam|roepnaam|förnamn|tilltalsnamn|fornavn|etunimi|etunimet|kutsumanimi|imię|jméno|имя|adı|ad|
名|名前 名
"""
_LAST = """
student last name|last name|family name|surname|legal last name|last|nachname|familienname|zuname|
nom de famille|nom d'usage|apellidos|apellido|primer apellido|apellido paterno|cognome|sobrenome|
apelido|achternaam|efternamn|etternavn|efternavn|sukunimi|nazwisko|příjmení|фамилия|soyadı|soyad|姓|
氏
"""
_SECOND_LAST = "segundo apellido|apellido materno"
_MIDDLE = """
student middle initial|student middle name|middle name|middle initial|middle names|middle|mi|
zweiter vorname|tussenvoegsel|отчество
"""
_NAME = """
student name|full name|fullname|name|lastfirst|last first|last name first name|display name|
sortable name|student|pupil|pupil name|姓名|學生姓名|学生姓名|名字|氏名|生徒氏名|児童氏名|名前|이름|
성명|학생성명|학생이름|nom et prénom|nom prénom|nom|élève|nombre y apellidos|apellidos y nombre|
apellidos y nombres|nombre completo|nombre|alumno|estudiante|nome completo|nome|aluno|schüler|
schülerin schüler|naam|namn|nimi|imię i nazwisko|фио|ученик|adı soyadı|ad soyad
"""
_GENDER = """
student gender|student sex assigned at birth|gender|sex|legal sex|geschlecht|性别|性別|성별|
sexe|genre|sexo|género|genero|sesso|geslacht|kön|kjønn|køn|sukupuoli|płeć|pohlaví|пол|cinsiyet
"""
_BORN = """
student birthdate|student birth date|student date of birth|birthdate|birth date|date of birth|dob|
birthday|birth|born|geburtsdatum|geburtstag|geb datum|geb|geboren|geboren am|出生日期|出生年月日|
出生年月|生日|生年月日|생년월일|date de naissance|né le|née le|né e le|fecha de nacimiento|
fecha nacimiento|f nacimiento|data di nascita|nato il|data de nascimento|geboortedatum|födelsedatum|
födelsedata|fødselsdato|syntymäaika|data urodzenia|datum narození|дата рождения|doğum tarihi
"""
_GRADE = """
student grade|grade level|gradelevel|grade|grades|current grade|year group|school year group|
jahrgang|jahrgangsstufe|klassenstufe|stufe|年级|年級|学年|学年名|학년|niveau|niveau scolaire|grado|
nivel|leerjaar|jaarlaag|årskurs|årstrinn|vuosiluokka|série
"""
_CLASS = """
class name|classname|class title|section name|班级名称|班級名稱|班级|班級|所在班级|行政班|学级|学級|
クラス|クラス名|組|组|班|班别|班別|학급|반|class|course section name|course name|coursename|
course title|group|group name|homeroom|home room|homeroom name|tutor group|registration group|
form|form group|reg group|section|sections|
klasse|klassenname|lerngruppe|kurs|classe|division|libellé classe|grupo|curso|clase|
nombre del grupo|turma|sezione|klas|groep|klass|luokka|ryhmä|oddział|klasa|
razred|třída|класс|sınıf|şube
"""
_SCHOOL = """
school id|schoolid|school name|school|campus id|campus|sis school id|school sis id|
school dfe number|学校|學校|学校名称|學校名稱|学校名|校名|학교|학교명|schule|schulnummer|schulname|
école|établissement|uai|escuela|colegio|centro|plantel|escola|scuola|skola|koulu|szkoła|школа|okul
"""
_ACTIVE = "student is active|is active|active|enroll status|enrollstatus|enrollment status"

FIELDS: Mapping[str, Sequence[str]] = {
    field: tuple(name.strip() for name in text.replace("\n", "").split("|") if name.strip())
    for field, text in (
        ("number", _NUMBER), ("address", _ADDRESS), ("first_name", _FIRST), ("last_name", _LAST),
        ("second_last", _SECOND_LAST), ("middle_name", _MIDDLE), ("name", _NAME),
        ("gender", _GENDER), ("birth_date", _BORN), ("grade", _GRADE), ("class", _CLASS),
        ("school", _SCHOOL), ("active", _ACTIVE),
    )
}  # fmt: skip
_PERSON = ("students", "student", "pupils", "pupil", "learner", "schuler", "eleve", "alumno",
           "学生", "學生", "학생", "stu")  # fmt: skip
LONGEST = 200  # characters of a header; a longer cell is none
_BRACKETS = re.compile(r"[\[(（【<][^\[(（【<\])）】>]*[\])）】>]")
_PARTS = re.compile(r"[/|\n:：]")
# "name" where both or one of the finer columns are there; see `columns_of`.
_FIRST_WORDS = ("nombre", "nome", "name", "имя")


def plain(header: str) -> str:
    """A header without case, accents, width, spaces and signs."""
    wide = unicodedata.normalize("NFKD", header.casefold())
    return "".join(c for c in wide if c.isalnum() and not unicodedata.combining(c))


RANKS: Mapping[str, tuple[str, int]] = {
    plain(name): (field, rank)
    for field, names in reversed(list(FIELDS.items()))
    for rank, name in reversed(list(enumerate(names)))
}


def field_of(header: str) -> tuple[str, int] | None:
    """The field of a header and how well it is meant (0 is best); None if nothing is known."""
    if len(header) > LONGEST:
        return None
    for form in _forms(header):
        if form in RANKS:
            return RANKS[form]
    return None


def _forms(header: str) -> Iterator[str]:
    """`student.studentNumber`, `[01]First_Name`, `DOB (DD/MM/YYYY)`, `姓名/Name`."""
    bare = _BRACKETS.sub(" ", header)
    for text in (header, bare, *_PARTS.split(bare), bare.rsplit(".", 1)[-1]):
        form = plain(text)
        yield form
        for person in _PERSON:
            if form.startswith(person) and form != person:
                yield form[len(person) :]


def columns_of(header: Sequence[str]) -> dict[int, str]:
    """Which column holds which field; of several for one field the best is taken.

    Two columns with the very same header are both in the answer, so that the caller can refuse.
    """
    best: dict[str, tuple[int, str]] = {}
    found: list[tuple[int, str, int, str]] = []
    for at, cell in enumerate(header):
        known = field_of(cell) if cell.strip() else None
        if known is None:
            continue
        field, rank = known
        found.append((at, field, rank, plain(cell)))
        if field not in best or rank < best[field][0]:
            best[field] = (rank, plain(cell))
    columns = {at: field for at, field, _, form in found if best[field][1] == form}
    return _finer(columns, {at: form for at, _, _, form in found})


def _finer(columns: dict[int, str], forms: Mapping[int, str]) -> dict[int, str]:
    """A column «name» is the family name beside a first name, and the first name beside a family
    name where its word may mean that; beside both it is not needed."""
    fields = set(columns.values())
    first, last = "first_name" in fields, "last_name" in fields
    if "name" not in fields or not (first or last):
        return columns
    as_what = "" if first and last else "last_name" if first else "first_name"
    if as_what == "first_name" and not any(
        forms[at].endswith(_FIRST_WORDS) for at, field in columns.items() if field == "name"
    ):
        as_what = ""
    renamed = {at: as_what if field == "name" else field for at, field in columns.items()}
    return {at: field for at, field in renamed.items() if field}
