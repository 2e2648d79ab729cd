"""Prunes a trained network to a narrower one: `python -m models.prune RUN RECIPE --width 0.5 …`.

Structured pruning: removes from every layer the channels that matter least to the training loss,
with everything that reads or writes them (Song & Chen 2024, "pruning"). A channel's importance is
the first-order change of the loss without it, |weight × gradient| over its weights, with gradients
of training examples (Molchanov et al. 2019, arXiv 1906.10771). `torch_pruning` follows the channels
through the graph. Every layer keeps the same share, so that the result has a plain `NetworkConfig`
and trains, exports and quantises like any other. It then needs fine-tuning
(models/recipes/step6.toml).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
import torch_pruning
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from edge_app.errors import InputError

from .checkpoint import open_network, save_checkpoint
from .command import at_least, tool
from .dataset import Examples, on_device
from .loss import masked_loss
from .network import LightweightOpenPose, NetworkConfig
from .recipe import Recipe, read_recipe


def gather_gradients(network: LightweightOpenPose, recipe: Recipe, data: Path, images: int) -> None:
    """Sums the loss's gradients over a recipe's first examples, in `.grad` of the weights."""
    examples = Subset(Examples(recipe, data), range(images))
    network.eval().requires_grad_(True)
    network.backbone.training = True  # its fast backward pass
    network.zero_grad()
    for raw in tqdm(DataLoader(examples, recipe.batch), desc="importance", leave=False):
        batch = on_device(raw, torch.device("cpu"))
        with torch.autocast("cpu", torch.bfloat16):
            base, stages = network.stages(batch["image"])
            loss = masked_loss(base, stages, batch)
        loss.backward()
    network.eval()


@contextmanager
def _prior_as_one_convolution(network: LightweightOpenPose) -> Iterator[None]:
    """Hides the prior's fixed-channel outputs from tracing, which would take minutes."""

    def forward(features: Tensor) -> tuple[Tensor, Tensor]:
        return torch.zeros(1), network.prior.head(features)

    network.prior.forward = forward  # type: ignore[method-assign]
    try:
        yield
    finally:
        del network.prior.forward  # the class's own again


def prune(network: LightweightOpenPose, width: float, channels: int) -> LightweightOpenPose:
    """The network without its least important channels.

    Args:
        network: with gradients (`gather_gradients`); it is changed.
        width: of the backbone, not above the network's own.
        channels: of the stages, not above the network's own.

    Raises:
        InputError: a width or channels above the network's own, or no whole channels.
    """
    old = network.config
    config = replace(old, width=width, stage_channels=channels)
    if not (0 < width <= old.width and 0 < channels <= old.stage_channels):
        raise InputError(f"width {width:g} with {channels} channels is not narrower than {old}")
    wanted = LightweightOpenPose(config)
    fixed: list[nn.Module] = [network.prior.head]
    for stage in (network.initial, *network.refinements):
        fixed += [stage.heatmaps[-1], stage.pafs[-1]]
    less = 1 - width / old.width
    with _prior_as_one_convolution(network):
        pruner = torch_pruning.pruner.BasePruner(
            network, torch.zeros(1, 3, 64, 64), torch_pruning.importance.GroupTaylorImportance(),
            pruning_ratio=1 - channels / old.stage_channels,
            pruning_ratio_dict=dict.fromkeys(network.backbone.modules(), less),
            ignored_layers=fixed,
        )  # fmt: skip
        pruner.step()
    try:
        wanted.load_state_dict(network.state_dict())
    except RuntimeError as exc:
        raise InputError(f"these widths do not give whole channels in every layer: {exc}") from exc
    return wanted.eval()


@tool("prune")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.prune", description=__doc__)
    parser.add_argument("weights", type=Path, help="checkpoint or run folder")
    parser.add_argument("recipe", type=Path, help="recipe whose examples determine the importance")
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--width", type=float, required=True, help="width of the backbone")
    parser.add_argument("--channels", type=int, required=True, help="channels of the stages")
    parser.add_argument("--stages", type=int, help="keep this many refinement stages, not all")
    parser.add_argument("--images", type=int, default=1200, help="number of examples")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    args = parser.parse_args(argv)
    at_least(1, images=args.images)
    network = open_network(args.weights, args.stages)
    gather_gradients(network, read_recipe(args.recipe), args.data, args.images)
    pruned = prune(network, args.width, args.channels)
    config: NetworkConfig = pruned.config
    save_checkpoint(args.out, config, network=pruned.state_dict())
    print(f"{args.out}: {config}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
