"""Training examples of a recipe, and the transfer of batches to the network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from edge_app.errors import InputError

from .augment import draw_example
from .datasets import load_source
from .recipe import Recipe


class Examples(Dataset):
    """Example i is the same in every run: the generator is seeded with (seed, i).

    Raises:
        InputError: a data set is missing, damaged or has no training pictures.
    """

    def __init__(self, recipe: Recipe, data: Path) -> None:
        self.recipe = recipe
        self.samples = [load_source(data, s, "train") for s in recipe.sources]
        for source, samples in zip(recipe.sources, self.samples):
            if not samples:
                raise InputError(f"the data set {data / source.path} has no training pictures")
        weights = np.array([s.weight for s in recipe.sources])
        self.shares = weights / weights.sum()

    def __len__(self) -> int:
        return self.recipe.images

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([self.recipe.seed, index])
        return draw_example(self.samples, self.shares, self.recipe.augmentation, rng)


def one_thread(worker: int) -> None:
    """Prepares a process that makes examples: with OpenCV's threads it takes a sixth longer."""
    cv2.setNumThreads(1)


def on_device(batch: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    """Moves the batch to the network's device, pictures in [-1, 1] and channels last."""
    batch = {k: v.to(device, non_blocking=True) for k, v in batch.items()}
    image = batch["image"].float().div_(127.5).sub_(1)
    batch["image"] = image.contiguous(memory_format=torch.channels_last)
    return batch
