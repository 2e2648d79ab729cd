"""Writes many tracks into one .npz; the names of its arrays stand in the package's docstring."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.files import whole_file
from models.gym.faults import KINDS
from models.gym.moves.movement import movement
from models.gym.moves.project import Seen, project
from models.gym.moves.script import PARTIAL, RETURN, TRIP
from models.gym.moves.track import LABELS, Track3D

FAULTS = ("", PARTIAL, RETURN, TRIP, *dict.fromkeys(k for kinds in KINDS.values() for k in kinds))
VIEWS = 2  # cameras for each movement
PARAMETERS = ("azimuth_deg", "height_m", "rate_hz", "age_years", "smooth", "white", "score",
              "hip_on_thigh", "swaps", "stolen", "nonsense", "other", "smoothed")  # fmt: skip


Arrays = dict[str, Any]  # of arrays by name


def tracks(seed: int, number: int) -> list[Arrays]:
    """One movement through VIEWS cameras, as arrays."""
    rng = np.random.default_rng([seed, number])
    track = movement(rng)
    return [as_arrays(track, project(track, rng)) for _ in range(VIEWS)]


def as_arrays(track: Track3D, seen: Seen) -> Arrays:
    """One view of a track in the archive's types; repetitions with their row of this track."""
    view, flaws = seen.view, seen.flaws
    width, height = view.size
    centred = np.clip((seen.poses - (np.array(view.size) - 1) / 2) / max(width, height), -4, 4)
    start_s, end_s = view.t_s[[0, -1]]
    reps = [(label, rep) for label, rep in track.reps
            if rep.end_s > start_s and rep.start_s < end_s]  # fmt: skip
    drawn = {name: getattr(owner, name) for owner in (view, track, flaws, seen)
             for name in PARAMETERS if hasattr(owner, name)}  # fmt: skip
    return {
        "poses": np.where(seen.scores[..., None] > 0, centred, 0).astype(np.float16),
        "scores": seen.scores.astype(np.float16),
        "t_s": (view.t_s - start_s).astype(np.float32),
        "exercise": track.label[view.frame],
        "phase": track.phase[view.frame].astype(np.float16),
        "inside": track.inside[view.frame],
        "kind": np.array(track.kinds)[track.kind[view.frame]],
        "rep_exercise": np.array([label for label, _ in reps], np.uint8),
        "rep_s": np.array([[r.start_s, r.turn_s, r.turned_s, r.end_s] for _, r in reps],
                          np.float32).reshape(-1, 4) - np.float32(start_s),
        "rep_depth": np.array([rep.depth for _, rep in reps], np.float16),
        "rep_fault": np.array([FAULTS.index(rep.fault) for _, rep in reps], np.uint8),
        "size_px": np.array([view.size], np.int16),
        "parameters": np.array([[drawn[name] for name in PARAMETERS]], np.float32),
    }  # fmt: skip


def draw(minutes: float, seed: int, processes: int) -> Iterator[Arrays]:
    """Tracks until they last as long as asked; the same ones whatever the number of processes."""
    left_s = 60 * minutes
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for views in pool.imap(partial(tracks, seed), iter(range(10**9)), chunksize=1):
            for view in views:
                yield view
                left_s -= float(view["t_s"][-1])
            if left_s <= 0:
                return


def write(found: list[Arrays], seed: int, out: Path) -> None:
    """Joins the tracks to one archive."""
    each = {name: [track[name] for track in found] for name in found[0]}
    kinds, kind = np.unique(np.concatenate(each.pop("kind")), return_inverse=True)
    arrays: Arrays = {name: np.concatenate(values) for name, values in each.items()}
    counts = [len(track["rep_depth"]) for track in found]
    arrays |= {
        "kind": kind.astype(np.uint8), "kinds": kinds, "seed": np.array(seed),
        "first": np.cumsum([0, *(len(track["t_s"]) for track in found)]).astype(np.int64),
        "rep_track": np.repeat(np.arange(len(found), dtype=np.int32), counts),
        "exercises": np.array(LABELS), "faults": np.array(FAULTS),
        "parameter_names": np.array(PARAMETERS),
    }  # fmt: skip
    with whole_file(out) as part, open(part, "wb") as file:
        np.savez_compressed(file, **arrays)
