"""What the station page may read and do without a PIN. No roster, no results."""

from typing import Any, Dict, List, Optional

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from edge_app.exercise.definition import EXERCISES_DIR, load_exercise
from edge_app.kiosk.choices import MOST_MATS
from edge_app.kiosk.guard import at_the_kiosk, is_teacher, kiosk_of
from edge_app.session.protocol import PROTOCOLS_DIR, load_protocol

router = APIRouter(prefix="/api", tags=["station"])
COMMANDS = ("start", "stop", "pause", "resume", "ready", "undo")
STUDENTS = ("start", "stop")  # at the device itself; a raised arm does the same


class Reason(BaseModel):
    code: str
    sentence: str


class Rep(BaseModel):
    """One repetition; times are seconds since "go"."""

    number: int
    counted: bool
    fault: bool
    count: int
    start_s: float
    extreme_s: float
    end_s: float
    score: float
    reasons: List[Reason]


class CameraState(BaseModel):
    state: str
    message: str


class ReadyPose(BaseModel):
    """A posture required before the countdown."""

    code: str
    sentence: str


class MatState(BaseModel):
    """The state of one mat."""

    phase: str
    why: str
    count: int
    strikes: int
    reps: List[Rep]
    missing: List[str]
    pose: List[ReadyPose]
    attempt: Optional[str]
    student: Optional[Dict[str, Any]]


class PageState(BaseModel):
    """All that the station page shows; `mats` in order, numbered from 1."""

    n: int
    mats: List[MatState]
    camera: CameraState
    problem: str
    notes: List[str]
    exercise: str
    protocol: str
    language: str
    sound: str
    arm: bool
    zones: List[List[float]]
    video: str
    time_s: Optional[float]
    strikes_allowed: Optional[float]
    cap: Optional[float]
    cadence_per_min: float


class Done(BaseModel):
    """`done` is False if the command does not apply in this phase."""

    done: bool


class ExerciseInfo(BaseModel):
    name: str
    joints: List[str]


class ProtocolInfo(BaseModel):
    name: str
    exercise: str
    source: str
    time_s: Optional[float]
    teacher: List[str]


@router.get("/station")
def station(request: Request) -> PageState:
    """The current state of all mats."""
    return PageState(**kiosk_of(request).page_state.snapshot())


@router.post("/station/{command}", responses={400: {}, 401: {}, 404: {}})
def command(
    command: str, request: Request, mat: Optional[int] = Query(None, ge=1, le=MOST_MATS)
) -> Done:
    """start, stop, pause, resume, ready or undo, on one mat or, without `mat`, on all.

    Students may start and stop at the device.
    """
    if command not in COMMANDS:
        raise HTTPException(404, f"the command must be one of {', '.join(COMMANDS)}")
    allowed = is_teacher(request) or (command in STUDENTS and at_the_kiosk(request))
    if not allowed:
        raise HTTPException(401, "the teacher's PIN is needed")
    return Done(done=kiosk_of(request).loop.command(command, "teacher at the kiosk", mat))


@router.get("/exercises")
def exercises() -> List[ExerciseInfo]:
    """The exercises that can be counted."""
    found = [load_exercise(path) for path in sorted(EXERCISES_DIR.glob("*.toml"))]
    return [ExerciseInfo(name=e.name, joints=list(e.keypoints)) for e in found]


@router.get("/protocols")
def protocols() -> List[ProtocolInfo]:
    """The school tests."""
    found = [load_protocol(path) for path in sorted(PROTOCOLS_DIR.glob("*.toml"))]
    return [
        ProtocolInfo(
            name=p.name,
            exercise=p.exercise,
            source=p.source,
            time_s=p.ending.time_s if p.ending.time_s < float("inf") else None,
            teacher=list(p.teacher),
        )
        for p in found
    ]
