"""The teacher's choices on the settings page, kept over a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Sequence, Tuple

from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated, Literal

from edge_app.camera.address import parse_address
from edge_app.camera.contract import Address
from edge_app.camera.orientation import Orientation
from edge_app.errors import InputError
from edge_app.exercise.definition import find_exercise
from edge_app.files import whole_file
from edge_app.session.protocol import Protocol, find_protocol, free_practice
from edge_app.settings import Language, Rotation
from edge_app.validation import parse_values

SMALLEST_ZONE = 0.2  # of the picture's width and height
MOST_MATS = 2  # as many as one page shows at a readable size
WHOLE_PICTURE = (0.0, 0.0, 1.0, 1.0)
Box = Tuple[float, float, float, float]  # left, top, right, bottom, each 0 to 1


@dataclass(frozen=True)
class Choices:
    """All choices; `exercise` is ignored while a protocol is chosen.

    Keys of another version are ignored, so that the choices survive an update.
    """

    camera: str
    rotate: Rotation = 0  # of its picture, degrees clockwise
    mirror: bool = False  # of left and right, after the turn
    exercise: str = "sit-up"
    protocol: str = ""  # "" is free practice
    language: Language = "en"
    sound: Literal["voice", "beep", "off"] = "voice"
    countdown_s: Annotated[float, Field(ge=0, le=30)] = 3.0
    arm: bool = True  # a raised arm starts and stops
    zones: tuple[Box, ...] = (WHOLE_PICTURE,)  # of the mats, in the picture
    # of attempts: none, "veiled" except the student's body, or "plain"
    video: Literal["", "veiled", "plain"] = ""

    def address(self) -> Address:
        """The camera and how it is mounted."""
        return parse_address(self.camera, Orientation(self.rotate, self.mirror))

    def rules(self) -> Protocol:
        """The protocol in force."""
        return find_protocol(self.protocol) if self.protocol else free_practice(self.exercise)


def checked(choices: Choices) -> Choices:
    """The same choices, with names spelled as in the files.

    Raises:
        InputError: one of them is invalid.
    """
    choices.address()
    protocol = find_protocol(choices.protocol).name if choices.protocol else ""
    exercise = find_exercise(choices.exercise).name
    if protocol:
        exercise = find_exercise(find_protocol(protocol).exercise).name
    _check_zones(choices.zones)
    return replace(choices, protocol=protocol, exercise=exercise)


def side_by_side(mats: int) -> tuple[Box, ...]:
    """Zones of equal width from left to right."""
    return tuple((i / mats, 0.0, (i + 1) / mats, 1.0) for i in range(mats))


def _check_zones(zones: Sequence[Box]) -> None:
    if not 1 <= len(zones) <= MOST_MATS:
        raise InputError(f"there must be 1 to {MOST_MATS} mats")
    for i, (left, top, right, bottom) in enumerate(zones):
        if min(right - left, bottom - top) < SMALLEST_ZONE:  # such as from a tap
            raise InputError("the zone is too small for a student")
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise InputError("the zone must lie within the picture")
        for other in zones[:i]:
            if min(right, other[2]) > max(left, other[0]) and (
                min(bottom, other[3]) > max(top, other[1])
            ):
                raise InputError("the zones of two mats overlap: one student would count twice")


def load_choices(path: Path, otherwise: Choices) -> Choices:
    """The stored choices; `otherwise` if there are none or they are no longer valid."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return checked(parse_values(Choices, {**asdict(otherwise), **stored}))
    except FileNotFoundError:
        return otherwise
    except (OSError, ValueError, TypeError, InputError):
        return otherwise  # a bad preference must not keep the kiosk from starting


def save_choices(path: Path, choices: Choices) -> None:
    """Writes the choices, completely or not at all.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path, private=True) as beside:
            beside.write_text(json.dumps(asdict(choices), indent=1), encoding="utf-8")
    except OSError as exc:
        raise InputError(
            f"cannot store the settings, they last until the restart: {exc.strerror}"
        ) from exc
