"""Assembles the parts of a kiosk and closes them again."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from edge_app.camera.samples import sample_clip
from edge_app.camera.usb import usb_cameras
from edge_app.device.clock_sources import device_clocks
from edge_app.errors import InputError
from edge_app.exercise.definition import Exercise
from edge_app.exercise.posture_fit import PostureFit
from edge_app.files import make_private
from edge_app.kiosk.attempt_recorder import AttemptRecorder
from edge_app.kiosk.choices import Choices, checked, load_choices, save_choices, side_by_side
from edge_app.kiosk.counting_loop import CountingLoop, settled
from edge_app.kiosk.event_writer import EventWriter
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.page_state import PageState
from edge_app.kiosk.pictures import PictureMaker
from edge_app.kiosk.pin import Pins
from edge_app.kiosk.retention_job import RetentionJob
from edge_app.kiosk.videos import VideoMaker, Videos
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.tracker import Zone
from edge_app.runtime.open import open_backend
from edge_app.settings import Settings

LOG = logging.getLogger(__name__)
ROOM_BYTES = 1_000_000_000  # below this free space no video is started: results come first


@dataclass(frozen=True)
class Kiosk:
    """The parts of a running kiosk; `open_kiosk` makes it."""

    settings: Settings
    ledger: Ledger
    pins: Pins
    hub: Hub
    page_state: PageState
    writer: EventWriter
    pictures: PictureMaker
    loop: CountingLoop
    videos: Videos
    film: VideoMaker
    retention: RetentionJob
    model: str

    def choose(self, choices: Choices) -> None:
        """Applies and stores new choices.

        Raises:
            InputError: they are invalid, cannot be stored, or an attempt is running.
        """
        choices = checked(choices)
        self.loop.choose(choices)
        save_choices(self.settings.folder / "choices.json", choices)

    def close(self) -> None:
        """Stores what is pending and closes everything."""
        self.retention.close()
        self.loop.close()
        self.pictures.close()
        self.film.close()
        self.writer.close()
        self.ledger.close()


def first_camera() -> str:
    """A connected camera, or else the sample clip."""
    found = usb_cameras()
    if not found and Path("/dev/video0").exists():
        found = ["usb:/dev/video0"]
    return found[0] if found else f"file:{sample_clip()}"


def first_choices(settings: Settings) -> Choices:
    """The operator's settings, valid until a teacher changes them."""
    choices = Choices(
        camera=settings.camera or first_camera(),
        rotate=settings.rotate,
        mirror=settings.mirror,
        protocol=settings.protocol,
        zones=side_by_side(settings.mats),
    )
    return replace(choices, language=settings.language) if settings.language else choices


def open_kiosk(settings: Settings) -> Kiosk:
    """Opens ledger, network and camera, and starts counting.

    Raises:
        InputError: the data folder, the ledger or the model cannot be used.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(f"cannot use the folder {settings.folder}: {exc.strerror}") from exc
    # All processors but one, which serves the pages: a network on all of them spins while it waits,
    # and events arrive late.
    threads = settings.threads or max(1, (os.cpu_count() or 1) - 1)
    backend = open_backend(settings.model, threads, settings.provider, settings.allow_fallback)
    clocks = device_clocks(settings.trust_rtc)
    ledger = Ledger(settings.ledger_url, settings.station, clocks, move_aside=True)
    for note in ledger.notes:
        LOG.warning("%s", note)
    ledger.close_unfinished()
    make_private(settings.folder / "choices.json")  # may name a camera's password
    otherwise = checked(first_choices(settings))
    choices = load_choices(settings.folder / "choices.json", otherwise)
    if settings.camera:  # a command-line option overrides the stored choice
        camera, turn, mirror = settings.camera, settings.rotate, settings.mirror
        choices = checked(replace(choices, camera=camera, rotate=turn, mirror=mirror))
    kiosk = assemble(
        settings,
        choices,
        ledger,
        lambda exercise, zone: PoseEstimator(backend, zone, PostureFit(exercise)),
        backend.path.name,
    )
    kiosk.videos.make_private()
    kiosk.retention.start()
    return kiosk


def assemble(
    settings: Settings,
    choices: Choices,
    ledger: Ledger,
    estimator: Callable[[Exercise, Zone], PoseEstimator],
    model: str,
) -> Kiosk:
    """The assembled kiosk, counting; the retention job is not started yet."""
    hub = Hub()
    page_state = PageState({**settled(choices), "notes": list(ledger.notes)})
    writer = EventWriter(page_state, hub, ledger.retry)
    videos = Videos(settings.folder / "videos")
    film = VideoMaker(videos, lambda: shutil.disk_usage(settings.folder).free > ROOM_BYTES)
    loop = CountingLoop(
        choices, estimator, lambda n: AttemptRecorder(ledger, writer, model, n), writer, hub, film
    )
    loop.start()
    fps, width_px = settings.picture_fps, settings.picture_width_px
    rule = Retention(settings.evidence_days, settings.names_days)
    return Kiosk(
        settings=settings,
        ledger=ledger,
        pins=Pins(settings.folder / "pin.json"),
        hub=hub,
        page_state=page_state,
        writer=writer,
        pictures=PictureMaker(loop.look, hub.picture, lambda: hub.viewers, fps, width_px),
        loop=loop,
        videos=videos,
        film=film,
        retention=RetentionJob(ledger, videos, rule, settings.video_days),
        model=model,
    )
