"""Renders scenes, runs the pose network over them like the device, stores tracks and truth."""

from __future__ import annotations

import json
from pathlib import Path

from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import track
from edge_app.runtime.open import open_backend
from edge_app.sinks.track import load_track, save_track
from edge_app.values import Frame, Pose
from models.experiments.plan import Plan
from models.experiments.script import RepTruth


def record(plans: list[Plan], folder: Path, model: str, provider: str = "cpu") -> None:
    """Makes track and truth of every scene that is not in `folder` yet."""
    from models.experiments.scenes import Scene  # needs the renderer; reading tracks does not

    folder.mkdir(parents=True, exist_ok=True)
    backend = open_backend(model, 1, provider)
    for plan in tqdm(plans, unit="scene"):
        if (folder / f"{plan.name}.json").exists():
            continue
        scene = Scene(plan)
        frames = (
            Frame(image, float(t_s), index)
            for index, (image, t_s) in enumerate(zip(scene.frames(), scene.times_s, strict=True))
        )
        poses = track(frames, rules_of(plan.exercise).estimator(backend))
        save_track(folder / f"{plan.name}.npz", poses)
        with whole_file(folder / f"{plan.name}.json") as beside:
            beside.write_text(
                json.dumps({**scene.truth(), "model": backend.path.name}, indent=1) + "\n"
            )


def load(path: Path) -> tuple[Plan, tuple[RepTruth, ...], list[Pose]]:
    """Reads one recorded scene by the path of its JSON.

    Raises:
        InputError: the file is not the truth of a scene, or its track is missing or empty.
    """
    plan, reps = read_truth(path)
    poses = list(load_track(path.with_suffix(".npz")))
    if not poses:
        raise InputError(f"{path.with_suffix('.npz')} contains no poses")
    return plan, reps, poses


def read_truth(path: Path) -> tuple[Plan, tuple[RepTruth, ...]]:
    """Plan and repetitions of a scene by the path of its JSON.

    Raises:
        InputError: the file is not the truth of a scene.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        reps = tuple(RepTruth(**rep) for rep in data.pop("reps"))
        data.pop("model", None)
        plan = Plan(**{**data, "faults": tuple(data["faults"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise InputError(f"{path} is not the truth of a scene: {exc}") from exc
    return plan, reps
