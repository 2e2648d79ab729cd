"""The operator's settings of a device: defaults, overridden by a TOML file, then by flags."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated, Literal

from edge_app.runtime.providers import AUTO, PROVIDERS
from edge_app.toml_tables import read_tables
from edge_app.validation import CLOSED, one_of

Language = Literal["en", "zh"]  # of the pages
AnyLanguage = Literal["", "en", "zh"]  # "": not set
Rotation = Literal[0, 90, 180, 270]
Days = Annotated[int, Field(ge=0, le=36500)]

# Keys by their old names, which are read until 0.3.0.
RENAMED = {"stations": "mats"}


@dataclass(frozen=True, config=CLOSED)
class Settings:
    """Settings of one kiosk. `edge_app.kiosk.choices` has what teachers choose during a lesson."""

    data: str = ""  # folder of ledger, PIN and choices; "" is the user's data folder
    ledger: str = ""  # database URL or file; "" is a SQLite file in the data folder
    host: str = "127.0.0.1"  # "0.0.0.0" admits the hall's network
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    names: tuple[str, ...] = ()  # host names browsers may use, besides IP addresses
    station: str = "kiosk"  # this device's name in the ledger
    camera: str = ""  # address until a teacher chooses another; "" searches for one
    rotate: Rotation = 0  # of the camera's picture, degrees clockwise, until a teacher turns it
    mirror: bool = False  # exchanges left and right, after the turn
    language: AnyLanguage = ""  # of the pages, until a teacher chooses another
    protocol: str = ""  # the test, until a teacher chooses another; "" is free practice
    model: str = "fast"
    threads: int = 0  # of the network; 0: all cores but one
    provider: Annotated[str, one_of(PROVIDERS)] = AUTO  # what runs an .onnx file
    allow_fallback: bool = False  # to the CPU, if provider or engine is not available
    # mats side by side in the picture, until a teacher draws their zones
    mats: Annotated[int, Field(ge=1, le=2)] = 1
    # of the page's live picture, at most
    picture_fps: Annotated[float, Field(ge=1, le=60)] = 20.0
    picture_width_px: Annotated[int, Field(ge=160, le=1920)] = 640
    evidence_days: Days = 90  # how long the curve of an attempt is kept
    names_days: Days = 400  # how long the name of a student in no class and without attempts
    trust_rtc: bool = False  # the device's real-time clock has a battery and is right
    video_days: Days = 14  # how long a video is kept, where teachers switch videos on

    @property
    def folder(self) -> Path:
        """The data folder."""
        home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
        return Path(self.data or f"{home}/edge-reps")

    @property
    def ledger_url(self) -> str:
        """The ledger that `reps results` opens as well, unless a data folder is given."""
        own = str(self.folder / "ledger.sqlite")
        return self.ledger or (own if self.data else os.environ.get("EDGE_REPS_LEDGER") or own)


def load_settings(path: Path | None) -> Settings:
    """Settings from a file, or the defaults.

    Raises:
        InputError: the file cannot be read, a key is unknown or a value is invalid.
    """
    return Settings() if path is None else read_tables(path, Settings, RENAMED)
