"""Checkpoints: written atomically, loaded by name and shape."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from edge_app.errors import InputError
from edge_app.files import whole_file

from .network import LightweightOpenPose, NetworkConfig


def save_checkpoint(path: Path, config: NetworkConfig, **state: Any) -> None:
    """Writes beside the file and renames, so that an interruption loses nothing.

    Raises:
        InputError: the folder cannot be written to.
    """
    with whole_file(path) as beside:
        torch.save({"config": config.as_dict(), **state}, beside)


def averaged_weights(state: dict[str, Any]) -> dict[str, torch.Tensor]:
    """The network's weights in a checkpoint: the average over training if there is one."""
    if "average" in state:
        return {
            k.removeprefix("module."): v for k, v in state["average"].items() if k != "n_averaged"
        }
    return state["network"]


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Loads a checkpoint, or the one in a run folder.

    Raises:
        InputError: no such file, or it is not a checkpoint of this project.
    """
    path = path / "checkpoint.pt" if path.is_dir() else path
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        state["config"]
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as exc:
        raise InputError(f"{path} is not a checkpoint of this project: {exc}") from exc
    return state


def load_weights(network: LightweightOpenPose, path: Path, partial: bool = False) -> None:
    """Fills a network from a checkpoint.

    Args:
        network: to fill.
        path: checkpoint or run folder.
        partial: allow stages that the checkpoint lacks; they start as identities.

    Raises:
        InputError: the checkpoint belongs to a network of another shape.
    """
    try:
        result = network.load_state_dict(averaged_weights(read_checkpoint(path)), strict=False)
    except RuntimeError as exc:
        raise InputError(f"{path} belongs to a network of another shape: {exc}") from exc
    missing = [k for k in result.missing_keys if not k.startswith("refinements.")]
    if result.unexpected_keys or missing or (result.missing_keys and not partial):
        raise InputError(
            f"{path} belongs to a network of another shape: it lacks {result.missing_keys[:3]} and "
            f"has unexpected {result.unexpected_keys[:3]}"
        )


def export_weights(run: Path, folder: Path) -> None:
    """Copies the averaged weights and the log from a run folder.

    Raises:
        InputError: there is no checkpoint in the run folder.
    """
    state = read_checkpoint(run)
    folder.mkdir(parents=True, exist_ok=True)
    config = NetworkConfig(**state["config"])
    save_checkpoint(folder / "weights.pt", config, network=averaged_weights(state))
    shutil.copy(run / "log.csv", folder / "log.csv")


def keep_half(run: Path, file: Path) -> int:
    """Writes the averaged weights of a run in half precision, to go on from if its folder is lost.

    Returns:
        How many pictures the run has seen.

    Raises:
        InputError: there is no checkpoint in the run folder.
    """
    state = read_checkpoint(run)
    halves = {
        k: v.half() if v.is_floating_point() else v for k, v in averaged_weights(state).items()
    }
    save_checkpoint(file, NetworkConfig(**state["config"]), network=halves)
    return int(state["done"])


def open_network(path: Path, stages: int | None = None) -> LightweightOpenPose:
    """The network of a checkpoint, in evaluation mode.

    Args:
        path: checkpoint or run folder.
        stages: refinement stages to keep: every stage was trained as an output, and adds its cost.

    Raises:
        InputError: there is no checkpoint, or it has fewer stages.
    """
    state = read_checkpoint(path)
    network = LightweightOpenPose(NetworkConfig(**state["config"]))
    load_weights(network, path)
    if stages is not None:
        if not 0 <= stages <= len(network.refinements):
            raise InputError(f"{path} has {len(network.refinements)} stages, not {stages}")
        network.refinements = network.refinements[:stages]
        network.config = replace(network.config, refinement_stages=stages)
    return network.eval()
