"""`reps calibrate collect`: a calibration set for INT8 from a gym's own pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ContextManager, Iterable

from tqdm import tqdm

from edge_app.camera.file import FileSource
from edge_app.collect import record_views, write_set
from edge_app.errors import InputError
from edge_app.pose.backend import open_backend
from edge_app.pose.views import View
from edge_app.values import Frame

SURPLUS = 4  # candidates for each picture kept: what is not needed shows what is rare


def open_frames(camera: str) -> ContextManager[Iterable[Frame]]:
    """The frames of a camera or file, in order of time.

    Raises:
        InputError: there is no such file.
    """
    kind, colon, place = camera.partition(":")
    if colon and kind in ("usb", "csi", "rtsp", "rtsps", "images"):
        raise InputError(f"'{camera}': pictures are taken from video files so far, not from {kind}")
    return FileSource(place if colon and kind == "file" else camera)


def run_calibrate(args: argparse.Namespace) -> int:
    """Watches until there is enough to choose from or the film ends, then writes the set."""
    if args.frames < 1:
        raise InputError("--frames must be at least 1")
    if Path(args.out).exists():  # said before the camera runs for minutes
        raise InputError(f"{args.out} exists: name a new folder")
    backend = open_backend(args.model, args.threads)
    views: list[View] = []
    wanted = SURPLUS * args.frames
    with open_frames(args.camera) as frames, tqdm(total=wanted, unit="picture", leave=False) as bar:
        for view in record_views(frames, backend, blur=True):
            views.append(view)
            bar.update()
            if len(views) == wanted:
                break
    about = {"source": "a gym's own camera; faces blurred where the network saw a head",
             "network": backend.path.name}  # fmt: skip
    chosen = write_set(args.out, views, args.frames, about)
    print(f"{args.out}: {len(chosen)} of {len(views)} pictures")
    print("Faces are blurred where the network saw a head. Look through the pictures before they")
    print("leave this device, and delete the folder of any in which somebody can be recognised.")
    return 0
