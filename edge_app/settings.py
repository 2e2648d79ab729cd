"""What an operator decides about a device: defaults, then a TOML file, then flags."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from edge_app.errors import InputError
from edge_app.runtime.providers import PROVIDERS
from edge_app.toml_tables import read_tables


@dataclass(frozen=True)
class Settings:
    """One kiosk. What teachers choose during a lesson is in `edge_app.kiosk.choices`."""

    data: str = ""  # folder of ledger, PIN and choices; "" is the user's data folder
    ledger: str = ""  # database URL or file; "" is a SQLite file in the data folder
    host: str = "127.0.0.1"  # "0.0.0.0" lets the hall's network in
    port: int = 8080
    names: tuple[str, ...] = ()  # host names by which browsers may call it, besides addresses
    station: str = "kiosk"  # this device's name in the ledger
    camera: str = ""  # address until a teacher chooses another; "" looks for one
    language: str = ""  # of the pages, until a teacher chooses another
    protocol: str = ""  # the test, until a teacher chooses another; "" is free practice
    model: str = "fast"
    threads: int = 0  # of the network; 0: all cores but one
    provider: str = "cpu"  # what runs an .onnx file: cpu, cuda, tensorrt or openvino
    allow_fallback: bool = False  # to the CPU, if provider or engine cannot be had
    stations: int = 1  # mats side by side in the picture, until a teacher draws their zones
    picture_fps: float = 20.0  # of the page's live picture, at most
    picture_width_px: int = 640
    evidence_days: int = 90  # how long the curve of an attempt is kept
    names_days: int = 400  # how long the name of a student is who is in no class and does nothing
    video_days: int = 14  # how long a video is kept, where teachers switch videos on

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
        InputError: the file cannot be read, a key is unknown or a value makes no sense.
    """
    if path is None:
        return Settings()
    settings = read_tables(path, Settings, {}, {"provider": tuple(PROVIDERS)})
    if not 0 <= settings.port < 65536:
        raise InputError(f"{path}: 'port' must be from 0 to 65535")
    if not 1 <= settings.picture_fps <= 60:
        raise InputError(f"{path}: 'picture_fps' must be from 1 to 60")
    if not 160 <= settings.picture_width_px <= 1920:
        raise InputError(f"{path}: 'picture_width_px' must be from 160 to 1920")
    if not 1 <= settings.stations <= 2:
        raise InputError(f"{path}: 'stations' must be 1 or 2")
    for name in ("evidence_days", "names_days", "video_days"):
        if not 0 <= getattr(settings, name) <= 36500:
            raise InputError(f"{path}: '{name}' must be from 0 to 36500")
    return settings
