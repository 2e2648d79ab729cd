"""The teacher's session and settings."""

import json
from dataclasses import asdict
from typing import List, Optional

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from edge_app.camera.samples import sample_clip
from edge_app.camera.usb import usb_cameras
from edge_app.kiosk.choices import MOST_MATS, Choices
from edge_app.kiosk.guard import COOKIE, at_the_kiosk, is_teacher, kiosk_of, teacher
from edge_app.kiosk.kiosk import Kiosk
from edge_app.kiosk.pin import LONGEST, SESSION_S, SHORTEST, TooManyTries
from edge_app.validation import parse_values

router = APIRouter(prefix="/api", tags=["teacher"])


class Me(BaseModel):
    """`first` is True until a PIN is set, `here` on the device's own screen."""

    teacher: bool
    first: bool
    here: bool


class Pin(BaseModel):
    pin: str = Field(max_length=LONGEST)


class NewPin(BaseModel):
    old: str = Field("", max_length=LONGEST)
    new: str = Field(min_length=SHORTEST, max_length=LONGEST)


class ChoicesIn(BaseModel):
    """Settings to change; those left out stay unchanged."""

    camera: Optional[str] = Field(None, max_length=500)
    rotate: Optional[int] = None
    mirror: Optional[bool] = None
    exercise: Optional[str] = Field(None, max_length=100)
    protocol: Optional[str] = Field(None, max_length=100)
    language: Optional[str] = Field(None, max_length=10)
    sound: Optional[str] = Field(None, max_length=10)
    countdown_s: Optional[float] = None
    arm: Optional[bool] = None
    zones: Optional[List[List[float]]] = Field(None, min_length=1, max_length=MOST_MATS)
    video: Optional[str] = Field(None, max_length=10)


class ChoicesOut(BaseModel):
    camera: str
    rotate: int
    mirror: bool
    exercise: str
    protocol: str
    language: str
    sound: str
    countdown_s: float
    arm: bool
    zones: List[List[float]]
    video: str


@router.get("/me")
def me(request: Request) -> Me:
    """Whether this browser has a teacher's session."""
    kiosk = kiosk_of(request)
    return Me(teacher=is_teacher(request), first=not kiosk.pins.is_set, here=at_the_kiosk(request))


@router.post("/login", responses={401: {}, 409: {}, 429: {}})
def log_in(body: Pin, request: Request, response: Response) -> Me:
    """Starts a teacher's session."""
    kiosk = kiosk_of(request)
    if not kiosk.pins.is_set:
        raise HTTPException(409, "no PIN yet: set one at the kiosk")
    address = request.client.host if request.client else ""
    try:
        key = kiosk.pins.log_in(body.pin, address)
    except TooManyTries as exc:
        wait = {"Retry-After": str(int(exc.wait_s) + 1)}
        raise HTTPException(429, str(exc), headers=wait) from None
    if not key:
        raise HTTPException(401, "wrong PIN")
    secure = request.url.scheme == "https"
    response.set_cookie(
        COOKIE, key, max_age=int(SESSION_S), httponly=True, samesite="strict", secure=secure
    )
    return Me(teacher=True, first=False, here=at_the_kiosk(request))


@router.post("/logout")
def log_out(request: Request, response: Response) -> Me:
    """Ends it."""
    kiosk_of(request).pins.log_out(request.cookies.get(COOKIE))
    response.delete_cookie(COOKIE)
    return Me(teacher=False, first=not kiosk_of(request).pins.is_set, here=at_the_kiosk(request))


@router.post("/pin", responses={401: {}, 403: {}, 429: {}})
def set_pin(body: NewPin, request: Request, response: Response) -> Me:
    """Sets the first PIN, on the device's own screen only, or replaces the old one."""
    kiosk = kiosk_of(request)
    if not kiosk.pins.is_set:
        if not at_the_kiosk(request):
            raise HTTPException(403, "the first PIN must be set at the kiosk itself")
    else:
        log_in(Pin(pin=body.old), request, response)
    kiosk.pins.set(body.new)
    return log_in(Pin(pin=body.new), request, response)


@router.get("/settings")
def choices(kiosk: Kiosk = Depends(teacher)) -> ChoicesOut:
    """The teacher's settings."""
    return _out(kiosk.loop.choices)


@router.put("/settings", responses={400: {}, 401: {}})
def choose(body: ChoicesIn, kiosk: Kiosk = Depends(teacher)) -> ChoicesOut:
    """Changes settings; refused while an attempt is running."""
    given = {k: v for k, v in body.model_dump().items() if v is not None}
    kiosk.choose(parse_values(Choices, {**asdict(kiosk.loop.choices), **given}))
    return _out(kiosk.loop.choices)


@router.get("/cameras")
def cameras(kiosk: Kiosk = Depends(teacher)) -> List[str]:
    """Camera addresses to choose from: those connected, the current one, the sample clip."""
    known = [*usb_cameras(), kiosk.loop.choices.camera, f"file:{sample_clip()}"]
    return list(dict.fromkeys(known))


@router.post("/camera/reopen", responses={401: {}})
def reopen(kiosk: Kiosk = Depends(teacher)) -> Response:
    """Opens the camera again; a clip starts from its beginning."""
    kiosk.loop.reopen()
    return Response(status_code=204)


def _out(choices: Choices) -> ChoicesOut:
    return ChoicesOut(**json.loads(json.dumps(asdict(choices))))
