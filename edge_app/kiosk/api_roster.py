"""Classes and students, and who is on the mat."""

import uuid
from typing import List, Optional

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from edge_app.errors import InputError
from edge_app.kiosk.choices import MOST_MATS
from edge_app.kiosk.guard import teacher
from edge_app.kiosk.kiosk import Kiosk
from edge_app.ledger.roster import Enrolment, Student, by_hand

router = APIRouter(prefix="/api", tags=["roster"])


class ClassOut(BaseModel):
    id: uuid.UUID
    name: str
    school: str


class StudentOut(BaseModel):
    id: uuid.UUID
    number: str
    name: str
    grade: str
    gender: str


class StudentIn(BaseModel):
    first_name: str = Field(max_length=100)
    last_name: str = Field("", max_length=100)
    class_id: Optional[uuid.UUID] = None


class OnTheMat(BaseModel):
    """Who is next; without a student, a guest; without a class, the student's only one."""

    student_id: Optional[uuid.UUID] = None
    class_id: Optional[uuid.UUID] = None
    mat: int = Field(1, ge=1, le=MOST_MATS)


@router.get("/classes", responses={401: {}})
def classes(kiosk: Kiosk = Depends(teacher)) -> List[ClassOut]:
    """All classes by name."""
    return [ClassOut(id=c.id, name=c.name, school=c.school) for c in kiosk.ledger.roster.classes()]


@router.get("/students", responses={401: {}})
def students(
    class_id: Optional[uuid.UUID] = None, kiosk: Kiosk = Depends(teacher)
) -> List[StudentOut]:
    """The students of a class, or of all classes, by family name."""
    return [_student(s) for s in kiosk.ledger.roster.students(class_id)]


@router.post("/students", responses={400: {}, 401: {}})
def add_student(body: StudentIn, kiosk: Kiosk = Depends(teacher)) -> StudentOut:
    """Adds a student who is not on the roster."""
    first, last = body.first_name.strip(), body.last_name.strip()
    if not first and not last:
        raise InputError("a student needs a name")
    _require_class(kiosk, body.class_id)
    student = by_hand(first, last)
    enrolments = [Enrolment(body.class_id, student.id)] if body.class_id else []
    kiosk.ledger.roster.put([student], enrolments=enrolments)
    return _student(student)


@router.put("/station/student", responses={400: {}, 401: {}})
def on_the_mat(body: OnTheMat, kiosk: Kiosk = Depends(teacher)) -> OnTheMat:
    """Sets who is next; refused while an attempt is running."""
    if body.student_id is None:
        kiosk.loop.student(None, body.mat)
        return body
    student = kiosk.ledger.roster.student(body.student_id)
    _require_class(kiosk, body.class_id)
    theirs = kiosk.ledger.roster.classes_of(student.id)
    of = body.class_id or (theirs[0] if len(theirs) == 1 else None)
    shown = student.first_name or student.name  # visible to everybody in the hall
    ids = {"id": str(student.id), "class_id": str(of) if of else None}
    kiosk.loop.student({**ids, "name": shown}, body.mat)
    return body


def _require_class(kiosk: Kiosk, class_id: Optional[uuid.UUID]) -> None:
    if class_id and class_id not in {c.id for c in kiosk.ledger.roster.classes()}:
        raise InputError(f"no class has the id {class_id}")


def _student(student: Student) -> StudentOut:
    return StudentOut(
        id=student.id, number=student.number, name=student.name, grade=student.grade,
        gender=student.gender,
    )  # fmt: skip
