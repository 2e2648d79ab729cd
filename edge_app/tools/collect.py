"""Makes a calibration set from frames: pictures as the network sees them, and a manifest."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from pathlib import Path
from typing import Callable, Iterable, Iterator

import numpy as np

from edge_app.errors import InputError
from edge_app.pipeline.run import track
from edge_app.pipeline.update import Result, Update
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.views import View, ViewRecorder, blur_heads, choose, view_of
from edge_app.runtime.contract import Backend
from edge_app.values import Frame, Pose

MANIFEST = "manifest.json"
RULE = "farthest-point over the features of edge_app.pose.views, a fifth whole frames"
WHOLE_SHARE = 0.2  # share of search pictures in a set
SPACING_S = 0.2  # least time between candidates: neighbouring frames are nearly identical


def record_views(
    frames: Iterable[Frame],
    backend: Backend,
    blur: bool,
    spacing_s: float = SPACING_S,
    most: float = math.inf,
    told: Callable[[View], object] = lambda view: None,
) -> list[View]:
    """Runs the estimator over the frames and keeps the network's inputs.

    Args:
        frames: of one camera, in order of time.
        backend: the network that finds the person.
        blur: whether heads are blurred in the pictures.
        spacing_s: least time between two frames whose views are kept.
        most: stop after this many views.
        told: called with every kept view.
    """
    keeper = _ViewKeeper(backend, blur, spacing_s, most, told)
    track(keeper.watched(frames), keeper.estimate, [keeper])
    return keeper.views


class _ViewKeeper:
    """A sink that keeps the network's inputs of each frame."""

    def __init__(
        self,
        backend: Backend,
        blur: bool,
        spacing_s: float,
        most: float,
        told: Callable[[View], object],
    ) -> None:
        self._recorder = ViewRecorder(backend)
        self.estimate = PoseEstimator(self._recorder)  # type: ignore[arg-type]  # the same contract
        self._blur, self._spacing_s, self._most, self._told = blur, spacing_s, most, told
        self._next_s = -math.inf
        self.views: list[View] = []

    def watched(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The frames, until there are enough views."""
        for frame in frames:
            self._recorder.looks.clear()
            yield frame
            if len(self.views) >= self._most:
                return

    def update(self, update: Update) -> None:
        frame, looks = update.frame, self._recorder.looks
        if frame.t_s < self._next_s:
            return
        self._next_s = frame.t_s + self._spacing_s
        for number, look in enumerate(looks, 1):
            if len(self.views) >= self._most:
                return
            close = number > len(looks) - self.estimate.closely  # the others belong to the search
            picture = blur_heads(look.picture(), look) if self._blur else look.picture()
            shown = update.pose if close else Pose.nobody(frame.t_s)
            hw = (frame.image.shape[0], frame.image.shape[1])
            self.views.append(view_of(picture, shown, hw, close))
            self._told(self.views[-1])

    def finish(self, result: Result) -> None:
        """Nothing to do."""


def write_set(folder: Path, views: list[View], count: int, about: dict[str, str]) -> list[View]:
    """Writes views that cover all; the folder appears completely or not at all.

    Args:
        folder: must not exist.
        views: the candidates.
        count: how many to keep.
        about: origin of the pictures, for the manifest.

    Raises:
        InputError: the folder exists or cannot be written, or there are no views.
    """
    if folder.exists():
        raise InputError(f"{folder} already exists: give a new folder")
    if not views:
        raise InputError("no frames to take pictures from: check the camera or file")
    chosen = balanced(views, count)
    rows = []
    part = folder.with_name(f".{folder.name}.part")
    try:
        part.mkdir(parents=True, exist_ok=True)
        for old in part.iterdir():  # left by an interrupted run
            old.unlink()
        for number, view in enumerate(chosen):
            name = f"{number:04d}.jpg"
            (part / name).write_bytes(view.jpeg)
            rows.append({"file": name, "sha256": hashlib.sha256(view.jpeg).hexdigest(),
                         "close": view.close, "cell": list(view.cell())})  # fmt: skip
        manifest = {
            **about,
            "rule": RULE,
            "candidates": len(views),
            "covered": covered(chosen),
            "pictures": rows,
        }
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
        part.rename(folder)
    except OSError as exc:
        raise InputError(f"cannot write {folder}: {exc.strerror}") from exc
    return chosen


def balanced(views: list[View], count: int) -> list[View]:
    """Chooses from both kinds: searches of whole frames, and squares around a person."""
    whole, close = ([v for v in views if v.close == kind] for kind in (False, True))
    searches = min(len(whole), max(round(WHOLE_SHARE * count), count - len(close)))
    return [
        kind[i]
        for kind, wanted in ((close, count - searches), (whole, searches))
        for i in choose(np.array([v.features for v in kind]), wanted)
    ]


def covered(views: list[View]) -> dict[str, int]:
    """The number of views for each combination of orientation, light and distance."""
    counts = Counter(", ".join(view.cell()) for view in views)
    return dict(sorted(counts.items()))
