"""Widens a trained network with equal outputs: `python -m models.widen RUN --width 1 --out FILE`.

Net2WiderNet (Chen et al. 2016, arXiv 1511.05641): a new channel copies an old one, and readers of
the old one divide their weights randomly among the copies, so that they learn different things.
Thus networks of several widths can be compared from one start, without ImageNet for each.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from edge_app.errors import InputError

from .checkpoint import open_network, save_checkpoint
from .command import tool
from .network import LightweightOpenPose


def widen(network: LightweightOpenPose, width: float, seed: int = 0) -> LightweightOpenPose:
    """The network with a wider backbone and the same outputs.

    Args:
        network: as trained, without batch norm in the backbone.
        width: not below the network's own.
        seed: of the copies and the division of weights.

    Raises:
        InputError: the width is below the network's own, or the backbone has batch norm.
    """
    if width < network.config.width or network.config.backbone_norm:
        raise InputError(f"width {width:g} is not wider than {network.config}")
    wide = LightweightOpenPose(replace(network.config, width=width))
    chance = torch.Generator().manual_seed(seed)
    same = {k: v for k, v in network.state_dict().items() if v.shape == wide.state_dict()[k].shape}
    wide.load_state_dict(same, strict=False)
    copied = torch.arange(3)  # for each input channel of the next layer: the old one it copies
    for old, new in zip(_convolutions(network), _convolutions(wide)):
        reads = copied
        if old.groups == 1 and new.out_channels > old.out_channels:
            more = new.out_channels - old.out_channels
            extra = torch.randint(old.out_channels, (more,), generator=chance)
            copied = torch.cat([torch.arange(old.out_channels), extra])
        elif old.groups == 1:
            copied = torch.arange(old.out_channels)
        _copy(old, new, reads, copied, chance)
    for old, new in _readers(network, wide):
        _copy(old, new, copied, torch.arange(old.out_channels), chance)
    return wide.eval()


def _convolutions(network: LightweightOpenPose) -> list[nn.Conv2d]:
    return [m for m in network.backbone.modules() if isinstance(m, nn.Conv2d)]


def _readers(
    network: LightweightOpenPose, wide: LightweightOpenPose
) -> list[tuple[nn.Conv2d, nn.Conv2d]]:
    """The readers of the backbone's channels: the prior's heads and the context module."""
    aligns = [n.context.align[0][0] for n in (network, wide)]
    return [(network.prior.head, wide.prior.head), (aligns[0], aligns[1])]


@torch.no_grad()
def _copy(
    old: nn.Conv2d, new: nn.Conv2d, reads: Tensor, writes: Tensor, chance: torch.Generator
) -> None:
    if old.groups > 1:  # depthwise: each channel reads itself
        new.weight.copy_(old.weight[reads])
    else:
        portion = torch.rand(len(writes), len(reads), generator=chance) + 0.5
        total = torch.zeros(len(writes), old.in_channels).index_add_(1, reads, portion)
        portion /= total[:, reads]
        new.weight.copy_(old.weight[writes][:, reads] * portion[:, :, None, None])
    if old.bias is not None and new.bias is not None:
        new.bias.copy_(old.bias[writes])


@tool("widen")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.widen", description=__doc__)
    parser.add_argument("weights", type=Path, help="checkpoint or run folder")
    parser.add_argument("--width", type=float, required=True, help="width of the backbone")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    args = parser.parse_args(argv)
    wide = widen(open_network(args.weights), args.width)
    save_checkpoint(args.out, wide.config, network=wide.state_dict())
    print(f"{args.out}: {wide.config}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
