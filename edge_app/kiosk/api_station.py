"""What a student's page may ask and do. No roster, no results, no PIN."""

from typing import Any, Dict, List, Optional

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel

from edge_app.exercise.definition import EXERCISES_DIR, load_exercise
from edge_app.kiosk.choices import MOST_MATS
from edge_app.kiosk.guard import at_the_kiosk, is_teacher, kiosk_of
from edge_app.session.protocol import PROTOCOLS_DIR, load_protocol

router = APIRouter(prefix="/api", tags=["station"])
COMMANDS = ("start", "stop", "pause", "resume", "ready", "undo")
STUDENTS = ("start", "stop")  # at the device itself; with a raised arm they may do it anyway


class Reason(BaseModel):
    code: str
    sentence: str


class Rep(BaseModel):
    """One repetition; times are seconds since «go»."""

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
    """What the body is asked to do before the countdown."""

    code: str
    sentence: str


class MatState(BaseModel):
    """What happens on one mat."""

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
    """All that a station's page shows; `mats` by their numbers from 1 on."""

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
    """`done` is False where the command makes no sense in this phase."""

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
    """How the mats are now."""
    return PageState(**kiosk_of(request).page_state.snapshot())


@router.post("/station/{command}", responses={400: {}, 401: {}, 404: {}})
def command(
    command: str, request: Request, mat: Optional[int] = Query(None, ge=1, le=MOST_MATS)
) -> Done:
    """start, stop, pause, resume, ready or undo, on one mat or, left out, on all of them.

    Students may start and stop at the device.
    """
    if command not in COMMANDS:
        raise HTTPException(404, f"commands are {', '.join(COMMANDS)}")
    allowed = is_teacher(request) or (command in STUDENTS and at_the_kiosk(request))
    if not allowed:
        raise HTTPException(401, "the teacher's PIN is needed")
    return Done(done=kiosk_of(request).loop.command(command, "teacher at the kiosk", mat))


@router.get("/exercises")
def exercises() -> List[ExerciseInfo]:
    """What can be counted."""
    found = [load_exercise(path) for path in sorted(EXERCISES_DIR.glob("*.toml"))]
    return [ExerciseInfo(name=e.name, joints=list(e.keypoints)) for e in found]


@router.get("/protocols")
def protocols() -> List[ProtocolInfo]:
    """The schools' tests."""
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
