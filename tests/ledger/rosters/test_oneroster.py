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
from edge_app.ledger.rosters.changes import Left, Renamed
from edge_app.ledger.rosters.found import BadCell, Reading, RosterFile
from edge_app.ledger.rosters.plan import Plan
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


V12_USERS = """sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,\
familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,\
userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,\
primaryOrgSourcedId,pronouns
u1,,,true,ada,,Ada,Li,,1001,,,,,08,,,,,,s1,
u2,,,false,ben,,Ben,Wu,,1002,,,,,08,,,,,,s1,
u3,,,true,chen,,Chen,Ma,,9,,,,,,,,,,,s1,
u4,inactive,,true,dora,,Dora,Xu,,1004,,,,,08,,,,,,s1,
u5,active,,true,eve,,Eve,Yu,,1005,,,,,08,,,,,,,
"""
V12_ROLES = """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,\
orgSourcedId,userProfileSourcedId
r1,,,u1,primary,student,,,s1,
r2,,,u1,secondary,aide,,,s1,
r3,,,u2,primary,student,,,s1,
r4,,,u3,primary,teacher,,,s1,
r5,,,u4,primary,student,,,s1,
r6,tobedeleted,,u3,secondary,student,,,s1,
r7,,,u5,primary,Student,,,s2,
"""
V12 = {**FILES, "users.csv": V12_USERS, "roles.csv": V12_ROLES}


def test_in_12_the_role_stands_in_roles_and_the_school_in_another_column() -> None:
    found = read_roster(_zip(V12), "roster.zip", HOW)
    assert sorted((s.number, s.school, s.source_id) for s in found.students.values()) == [
        ("1001", "s1", "u1"), ("1005", "s2", "u5")]  # fmt: skip
    assert sorted(g.source_id for g in found.gone_students) == ["u2", "u4"]
    assert not found.bad


def test_without_any_role_an_enrolment_makes_a_student() -> None:
    files = {"users.csv": "sourcedId,givenName,familyName\nu1,Ada,Li\nu3,Chen,Ma\nu9,Guy,Xu\n",
             "classes.csv": FILES["classes.csv"],
             "enrollments.csv": "classSourcedId,userSourcedId,role\n"
                                "c1,u1,student\nc1,u3,teacher\n"}  # fmt: skip
    found = read_roster(_zip(files), "roster.zip", HOW)
    assert [s.number for s in found.students.values()] == ["u1"]


def test_school_data_sync_21_is_the_same_in_short() -> None:
    files = {
        "users.csv": "sourcedId,username,givenName,familyName\nu1,ada,Ada,Li\nt1,chen,Chen,Ma\n",
        "roles.csv": "userSourcedId,orgSourcedId,role,grade\nu1,410,student,07\nt1,410,teacher,\n",
        "classes.csv": "sourcedId,orgSourcedId,title\nc1,410,PE 7\n",
        "enrollments.csv": "classSourcedId,userSourcedId,role\nc1,u1,student\nc1,t1,teacher\n",
        "demographics.csv": "userSourcedId,sex,birthDate\nu1,female,2014-03-04\n",
    }
    found = read_roster(_zip(files), "roster.zip", HOW)
    (ada,) = found.students.values()
    assert (ada.number, ada.school, ada.grade, ada.gender) == ("u1", "410", "7", "f")
    assert ada.birth_date == date(2014, 3, 4) and len(found.enrolments) == 1
    assert next(iter(found.classes.values())).school == "410"


def test_a_manifest_may_say_that_a_file_is_absent() -> None:
    files = {"manifest.csv": "propertyName,value\nfile.users,absent\nfile.classes,absent\n",
             "enrollments.csv": "classSourcedId,userSourcedId,role\nc1,u1,student\n"}  # fmt: skip
    found = read_roster(_zip(files), "roster.zip", HOW)
    assert not found.students and len(found.references) == 1
    with pytest.raises(InputError, match=r"needs users\.csv"):
        read_roster(_zip({**files, "manifest.csv": "propertyName,value\n"}), "roster.zip", HOW)


@pytest.mark.parametrize(
    "content", ["", "\ufeff", "sourcedId,status\n", "sourcedId,birthDate,sex\n"]
)
def test_an_empty_optional_file_stops_nothing(content: str) -> None:
    found = read_roster(_zip({**FILES, "demographics.csv": content}), "roster.zip", HOW)
    assert {s.number for s in found.students.values()} == {"1001", "1002"}


def test_every_file_may_have_a_mark() -> None:
    marked = {name: "\ufeff" + text for name, text in FILES.items()}
    _check(read_roster(_zip(marked), "roster.zip", HOW))


def test_a_deleted_class_blocks_nothing() -> None:
    classes = FILES["classes.csv"].replace("c3,,", "c3,tobedeleted,")
    found = read_roster(_zip({**FILES, "classes.csv": classes}), "roster.zip", HOW)
    assert [g.source_id for g in found.gone_classes] == ["c3"]
    assert len(found.bad) == 1 and all(c.name != "Swimming" for c in found.classes.values())


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
            ledger.imports.store(found, "zip")
        assert ledger.roster.students() == []
        assert ledger.imports.store(found, "zip", skip_bad=True).counts == planned
        assert len(ledger.roster.students()) == 2
        assert ledger.imports.store(found, "zip", skip_bad=True).counts == RosterChange()

    def test_a_complete_file_ends_other_enrolments(self, ledger: Ledger) -> None:
        found = read_roster(_zip(FILES), "roster.zip", HOW)
        ledger.imports.store(found, "zip", skip_bad=True)
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

    def _store(self, ledger: Ledger, **files: str) -> Plan:
        every = {**FILES, **{f"{name}.csv": text for name, text in files.items()}}
        found = read_roster(_zip(every), "roster.zip", HOW)
        return ledger.imports.store(found, "zip", skip_bad=True)

    def _members(self, ledger: Ledger) -> dict[str, list[str]]:
        roster = ledger.roster
        return {c.name: [s.first_name for s in roster.students(c.id)] for c in roster.classes()}

    def test_a_class_keeps_its_identity_when_its_title_changes(self, ledger: Ledger) -> None:
        self._store(ledger)
        swimming = FILES["classes.csv"].replace("Swimming", "Swimming 8 (new)")
        plan = self._store(ledger, classes=swimming)
        assert [(c.before.name, c.after.name) for c in plan.changes if isinstance(c, Renamed)] == [
            ("Swimming", "Swimming 8 (new)")
        ]
        assert self._members(ledger) == {
            "PE 8 (P1)": ["Ada"], "PE 8 (P2)": ["Ben"], "Swimming 8 (new)": ["Ada"]}  # fmt: skip

    def test_a_class_of_a_list_becomes_that_of_the_same_title(self, ledger: Ledger) -> None:
        text = "School,ID,First name,Last name,Class\ns1,1001,Ada,Li,Swimming\n"
        ledger.imports.store(read_roster(text.encode(), "roster.csv", HOW), "roster.csv")
        self._store(ledger)
        assert list(self._members(ledger)) == ["PE 8 (P1)", "PE 8 (P2)", "Swimming"]

    @pytest.mark.parametrize(
        "users",
        [
            FILES["users.csv"].replace("u1,,,true", "u1,tobedeleted,,true"),
            FILES["users.csv"].replace("u1,,,true", "u1,inactive,,true"),
            FILES["users.csv"].replace("u1,,,true", "u1,,,FALSE"),
        ],
    )
    def test_who_left_is_out_of_every_class(self, ledger: Ledger, users: str) -> None:
        self._store(ledger)
        plan = self._store(ledger, users=users)
        (left,) = [c for c in plan.changes if isinstance(c, Left)]
        assert (left.student.first_name, sorted(left.left)) == ("Ada", ["PE 8 (P1)", "Swimming"])
        assert self._members(ledger)["Swimming"] == []
        assert [s.first_name for s in ledger.roster.students()] == ["Ada", "Ben"], (
            "results are kept"
        )
        self._store(ledger)
        assert self._members(ledger)["Swimming"] == ["Ada"], "who comes back is in again"

    def test_a_delta_names_what_changed_only(self, ledger: Ledger) -> None:
        self._store(ledger)
        head = FILES["enrollments.csv"].splitlines()[0]
        files = {
            "users.csv": FILES["users.csv"].splitlines()[0] + "\n",
            "classes.csv": FILES["classes.csv"].splitlines()[0] + "\n",
            "enrollments.csv": f"{head}\ne1,tobedeleted,,c1,s1,u1,student,,,\n"
            "e9,active,,c3,s1,u2,student,,,\ne8,active,,c8,s1,u2,student,,,\n",
        }
        plan = ledger.imports.store(read_roster(_zip(files), "delta.zip", HOW), "delta.zip")
        assert self._members(ledger) == {
            "PE 8 (P1)": [], "PE 8 (P2)": ["Ben"], "Swimming": ["Ada", "Ben"]}  # fmt: skip
        assert "the first is enrollments.csv, row 4: 'u2' in 'c8'" in plan.warnings[-1]

    def test_a_class_that_is_deleted_later_has_nobody(self, ledger: Ledger) -> None:
        self._store(ledger)
        self._store(ledger, classes=FILES["classes.csv"].replace("c3,,", "c3,tobedeleted,"))
        assert self._members(ledger)["Swimming"] == []

    def test_a_changed_name_is_changed(self, ledger: Ledger) -> None:
        for name in ("Li", "Li-Wu"):
            text = f"ID,First name,Last name\n1001,Ada,{name}\n"
            found = read_roster(text.encode(), "roster.csv", HOW)
            change = ledger.imports.store(found, "zip").counts
        assert change == RosterChange(students_changed=1)
        assert [s.last_name for s in ledger.roster.students()] == ["Li-Wu"]
