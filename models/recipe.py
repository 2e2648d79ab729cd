"""A training step as a TOML file: start weights, data sets and learning rates."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_app.errors import InputError
from edge_app.skeleton import STRIDE

from .augment import Augmentation
from .datasets import Source
from .network import NetworkConfig

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Recipe:
    """One training step, as written in a TOML file."""

    images: int  # examples to train on
    start: str  # "posenet", or the folder of an earlier run, or a .pt file
    batch: int = 16
    rate: float = 1.5e-3
    backbone_rate: float = 3e-4
    frozen_layers: int = 0  # first layers of the backbone that keep their start weights
    warmup_images: int = 800
    weight_decay: float = 1e-4
    ema: float = 0.995
    check_every: int = 3200
    seed: int = 0
    teacher: str = ""  # a run or checkpoint whose outputs are imitated as well
    teacher_stages: int | None = None  # refinement stages of the teacher to use; None: all
    teacher_share: float = 1.0  # weight of the imitation relative to the labels
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augmentation: Augmentation = field(default_factory=Augmentation)
    sources: tuple[Source, ...] = ()


def read_recipe(path: Path) -> Recipe:
    """Reads a recipe.

    Raises:
        InputError: unreadable file, unknown or missing key, or invalid value.
    """
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text())
        values["network"] = NetworkConfig(**values.get("network", {}))
        augmentation = values.get("augmentation", {})
        if "extent" in augmentation:
            augmentation["extent"] = tuple(augmentation["extent"])
        values["augmentation"] = Augmentation(**augmentation)
        values["sources"] = tuple(Source(**s) for s in values.get("sources", ()))
        recipe = Recipe(**values)
        for name in ("images", "batch", "check_every"):
            if getattr(recipe, name) < 1:
                raise InputError(f"'{name}' must be at least 1")
        if not recipe.sources:
            raise InputError("'sources' needs at least one data set")
        if min(s.weight for s in recipe.sources) < 0 or not sum(s.weight for s in recipe.sources):
            raise InputError("each 'weight' of a data set must be at least 0, and one above 0")
        if recipe.augmentation.size < 1 or recipe.augmentation.size % STRIDE:
            raise InputError(f"'augmentation.size' must be a multiple of {STRIDE}")
    except (OSError, ValueError, TypeError, InputError) as exc:
        raise InputError(f"{path}: {exc}") from exc
    return recipe
