"""What importing a roster would do to a ledger: a list of changes, computed without a database."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass, field
from typing import Iterable, Mapping

from edge_app.ledger.roster import Enrolment, RosterChange, SchoolClass, Student
from edge_app.ledger.rosters.cells import same_grade
from edge_app.ledger.rosters.changes import Added, Change, Changed, Left, Moved, Renamed
from edge_app.ledger.rosters.found import OPTIONAL, Gone, Reference, RosterFile
from edge_app.ledger.rosters.numbers import zeros_apart
from edge_app.ledger.rosters.students import damaged

_LISTED = 5  # numbers that a warning names


@dataclass(frozen=True)
class Known:
    """The roster of a ledger."""

    students: Mapping[uuid.UUID, Student] = field(default_factory=dict)
    classes: Mapping[uuid.UUID, SchoolClass] = field(default_factory=dict)
    enrolments: Mapping[uuid.UUID, Enrolment] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What an import would do.

    Attributes:
        changes: for people, in the order of the file.
        warnings: what to look at before it is stored.
        students, classes, enrolments: the rows to insert or update; those that stay are not there.
        counts: the same in numbers.
    """

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    students: tuple[Student, ...]
    classes: tuple[SchoolClass, ...]
    enrolments: tuple[Enrolment, ...]
    counts: RosterChange


def make_plan(file: RosterFile, known: Known, complete: bool = False) -> Plan:
    """Compares a roster file with a ledger.

    A field that the file lacks stays as it is. A class or student with an id of the school's
    system is the known one with that id, whatever its name or number is now.

    Args:
        file: the file's content.
        known: the ledger's roster.
        complete: the classes in the file have exactly its students; others leave them.
    """
    match = _Match(file, known)
    enrolments = match.enrolments()
    if complete:
        listed = {match.class_ids[key] for key in file.classes}
        for now in known.enrolments.values():
            if now.active and now.class_id in listed:
                enrolments.setdefault(now.id, dataclasses.replace(now, active=False))
    students = [s for s in match.students.values() if known.students.get(s.id) != s]
    classes = [c for c in match.classes.values() if known.classes.get(c.id) != c]
    moved = [e for e in enrolments.values() if known.enrolments.get(e.id) != e]
    counts = RosterChange(
        students_added=sum(s.id not in known.students for s in students),
        students_changed=sum(s.id in known.students for s in students),
        classes_added=sum(c.id not in known.classes for c in classes),
        enrolments_changed=len(moved),
    )
    return Plan(
        changes=tuple(_changes(known, match, moved)),
        warnings=(*file.warnings, *match.warnings, *_zeros(match.students.values(), known)),
        students=tuple(students),
        classes=tuple(classes),
        enrolments=tuple(moved),
        counts=counts,
    )


class _Match:
    """Which students and classes of a file are which of the ledger."""

    def __init__(self, file: RosterFile, known: Known) -> None:
        self._file, self._known = file, known
        self.warnings: list[str] = []
        self._student_sources = _by_source(known.students.values())
        self._class_sources = _by_source(known.classes.values())
        self.students: dict[uuid.UUID, Student] = {}
        self.classes: dict[uuid.UUID, SchoolClass] = {}
        self.class_ids: dict[uuid.UUID, uuid.UUID] = {}  # of the file → of the ledger
        self._student_ids: dict[uuid.UUID, uuid.UUID] = {}
        named = {(c.school, c.name): c for c in reversed(list(known.classes.values()))}
        for key, student in file.students.items():
            self._student(key, student)
        for key, one in file.classes.items():
            self._class(key, one, named)

    def _student(self, key: uuid.UUID, student: Student) -> None:
        known = self._source(self._student_sources, student.school, student.source_id)
        if not isinstance(known, Student) or known.id in self.students:
            known = self._known.students.get(student.id)
        after = student if known is None else _after(known, student, self._file.fields)
        self.students[after.id] = after
        self._student_ids[key] = after.id

    def _class(
        self, key: uuid.UUID, one: SchoolClass, named: Mapping[tuple[str, str], SchoolClass]
    ) -> None:
        known = self._source(self._class_sources, one.school, one.source_id)
        if known is None:
            known = self._known.classes.get(one.id) or named.get((one.school, one.name))
        if isinstance(known, SchoolClass) and not (
            one.source_id and known.source_id not in ("", one.source_id)
        ):
            source = one.source_id or known.source_id
            one = dataclasses.replace(one, id=known.id, source_id=source)
        self.classes[one.id] = one
        self.class_ids[key] = one.id

    def _source(
        self,
        sources: Mapping[tuple[str, str], Student | SchoolClass],
        school: str,
        source_id: str,
        anywhere: bool = False,
    ) -> Student | SchoolClass | None:
        """The known one with an id of the school's system; `anywhere`: also of another school, if
        only one has this id."""
        if not source_id:
            return None
        found = sources.get((school, source_id))
        return found or (sources.get(("", source_id)) if anywhere or not school else None)

    def enrolments(self) -> dict[uuid.UUID, Enrolment]:
        """Those of the file, and the ends of those of who and what is gone."""
        wanted: dict[uuid.UUID, Enrolment] = {}
        for one in self._file.enrolments.values():
            of, student = self.class_ids[one.class_id], self._student_ids[one.student_id]
            enrolment = Enrolment(of, student, one.active)
            wanted[enrolment.id] = enrolment
        self._references(wanted)
        gone = {s.id for g in self._file.gone_students for s in self._gone_student(g)}
        ended = {c.id for g in self._file.gone_classes for c in self._gone_class(g)}
        for now in self._known.enrolments.values():
            if now.active and (now.student_id in gone or now.class_id in ended):
                wanted[now.id] = dataclasses.replace(now, active=False)
        return wanted

    def _references(self, wanted: dict[uuid.UUID, Enrolment]) -> None:
        """Enrolments of whom or what is not in the file, as in a delta: known ones are meant."""
        here_s = {s.source_id: s for s in self._file.students.values() if s.source_id}
        here_c = {c.source_id: c for c in self._file.classes.values() if c.source_id}
        unknown: list[Reference] = []
        for one in self._file.references:
            student = here_s.get(one.student_source)
            of = here_c.get(one.class_source)
            school = one.school or (of.school if of else student.school if student else "")
            student_key = (
                self._student_ids[student.id]
                if student
                else _id(self._source(self._student_sources, school, one.student_source, True))
            )
            class_key = (
                self.class_ids[of.id]
                if of
                else _id(self._source(self._class_sources, school, one.class_source, True))
            )
            if student_key and class_key:
                enrolment = Enrolment(class_key, student_key, one.active)
                wanted[enrolment.id] = enrolment
            elif one.active:
                unknown.append(one)
        if unknown:
            first = unknown[0]
            self.warnings.append(
                f"{len(unknown)} enrolments are of students or classes that neither the file nor "
                f"the ledger has, and were left out; the first is {first.file}, row {first.row}: "
                f"'{first.student_source}' in '{first.class_source}'"
            )

    def _gone_student(self, gone: Gone) -> Iterable[Student]:
        found = self._source(self._student_sources, gone.school, gone.source_id)
        if isinstance(found, Student):
            return [found]
        alike = (s for s in self._known.students.values() if s.number == gone.number)
        return [s for s in alike if gone.number and s.school == gone.school]

    def _gone_class(self, gone: Gone) -> Iterable[SchoolClass]:
        found = self._source(self._class_sources, gone.school, gone.source_id)
        return [found] if isinstance(found, SchoolClass) else []


def _by_source(
    known: Iterable[Student | SchoolClass],
) -> dict[tuple[str, str], Student | SchoolClass]:
    """The known ones by school and id of its system, and by the id alone where only one has it."""
    found: dict[tuple[str, str], Student | SchoolClass] = {}
    alone: dict[str, list[Student | SchoolClass]] = {}
    for one in known:
        if one.source_id:
            found[one.school, one.source_id] = one
            alone.setdefault(one.source_id, []).append(one)
    for source, ones in alone.items():
        if len(ones) == 1:
            found.setdefault(("", source), ones[0])
    return found


def _id(one: Student | SchoolClass | None) -> uuid.UUID | None:
    return one.id if one else None


def _after(known: Student, student: Student, fields: Iterable[str]) -> Student:
    """The known student with what the file says."""
    kept = {name: getattr(known, name) for name in OPTIONAL if name not in fields}
    if same_grade(known.grade, student.grade):
        kept["grade"] = known.grade
    if damaged(student) and not known.erased:
        kept.update(first_name=known.first_name, last_name=known.last_name)
    kept["source_id"] = student.source_id or known.source_id
    return dataclasses.replace(student, id=known.id, **kept)


def _changes(known: Known, match: _Match, moved: Iterable[Enrolment]) -> Iterable[Change]:
    names = {**{c.id: c.name for c in known.classes.values()},
             **{c.id: c.name for c in match.classes.values()}}  # fmt: skip
    for one in match.classes.values():
        before = known.classes.get(one.id)
        if before is not None and before.name != one.name:
            yield Renamed(before, one)
    joins: dict[uuid.UUID, list[str]] = {}
    leaves: dict[uuid.UUID, list[str]] = {}
    for enrolment in moved:
        if enrolment.active:
            joins.setdefault(enrolment.student_id, []).append(names[enrolment.class_id])
        elif enrolment.id in known.enrolments:
            leaves.setdefault(enrolment.student_id, []).append(names[enrolment.class_id])
    for student in match.students.values():
        joined = tuple(joins.pop(student.id, ()))
        old = known.students.get(student.id)
        if old is None:
            yield Added(student, joined)
            continue
        if old != student and (change := Changed(old, student)).fields:
            yield change
        if joined:
            yield Moved(student, tuple(leaves.pop(student.id, ())), joined)
    for key, classes in joins.items():
        yield Moved(known.students[key], tuple(leaves.pop(key, ())), tuple(classes))
    for key, classes in leaves.items():
        yield Left(known.students[key], tuple(classes))


def _zeros(students: Iterable[Student], known: Known) -> Iterable[str]:
    """A warning if new numbers differ from known ones by leading zeros only."""
    new = [(s.school, s.number) for s in students if s.id not in known.students]
    alike: dict[tuple[str, str], list[str]] = {}
    for student in known.students.values():
        if not student.erased:
            key = (student.school, student.number.lstrip("0"))
            alike.setdefault(key, []).append(student.number)
    pairs = zeros_apart(new, lambda school, bare: alike.get((school, bare), ()))
    if pairs:
        named = ", ".join(f"{number} and {other}" for number, other in pairs[:_LISTED])
        yield (
            f"{len(pairs)} new student numbers differ from known ones by leading zeros only (file "
            f"and ledger: {named}): a spreadsheet may have taken the zeros away, and these would "
            "be new students"
        )
