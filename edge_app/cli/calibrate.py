"""`reps calibrate collect`: a calibration set for INT8 from a gym's own pictures."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from pathlib import Path
from typing import ContextManager, Iterable, Iterator

from edge_app.camera.address import open_capture, parse_address
from edge_app.camera.clip import ClipSource
from edge_app.camera.contract import Address
from edge_app.camera.live import LiveCamera
from edge_app.cli.options import add_model, open_network
from edge_app.errors import InputError
from edge_app.sinks.terminal import Progress
from edge_app.tools.collect import record_views, write_set
from edge_app.values import Frame

WAIT_S = 0.1
SURPLUS = 4  # candidates per kept picture: common ones show which are rare


def open_frames(camera: str) -> ContextManager[Iterable[Frame]]:
    """The frames of a camera or file, in order of time.

    Raises:
        InputError: the file or camera does not exist.
    """
    if ":" not in camera:
        return ClipSource(camera)
    address = parse_address(camera)
    return ClipSource(address.place) if address.kind == "file" else _live(address)


@contextmanager
def _live(address: Address) -> Iterator[Iterator[Frame]]:
    open_capture(address).close()  # fails at once if the camera is missing
    camera = LiveCamera(lambda: open_capture(address))
    try:
        yield _frames(camera)
    finally:
        camera.close()


def _frames(camera: LiveCamera) -> Iterator[Frame]:
    """Pictures from the camera until it ends."""
    index = -1
    while camera.health().state != "ended":
        frame = camera.newest(index, WAIT_S)
        if frame is not None:
            index = frame.index
            yield frame


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps calibrate`."""
    steps = parser.add_subparsers(dest="step", required=True)
    collect = steps.add_parser(
        "collect", help="collect pictures that cover the room, with faces blurred"
    )
    collect.add_argument(
        "--camera", required=True, help="a video file, or a camera address as for reps kiosk"
    )
    collect.add_argument("--frames", type=int, default=300, help="number of pictures to keep")
    collect.add_argument("--out", type=Path, required=True, help="new folder for the pictures")
    add_model(collect)


def execute(args: argparse.Namespace) -> int:
    """Collects candidates until there are enough or the film ends, then writes the set."""
    if args.frames < 1:
        raise InputError("--frames must be at least 1")
    if Path(args.out).exists():  # before the camera runs for minutes
        raise InputError(f"{args.out} already exists: give a new folder")
    backend = open_network(args)
    wanted = SURPLUS * args.frames
    with open_frames(args.camera) as frames, Progress(wanted, "picture") as bar:
        views = record_views(frames, backend, blur=True, most=wanted, told=lambda view: bar.step())
    about = {"source": "a gym's own camera; faces blurred where the network saw a head",
             "network": backend.path.name}  # fmt: skip
    chosen = write_set(args.out, views, args.frames, about)
    print(f"{args.out}: {len(chosen)} of {len(views)} pictures")
    print("Faces are blurred where the network saw a head. Look through the pictures before they")
    print("leave this device, and delete the set if anybody can be recognised in it.")
    return 0
