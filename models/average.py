"""Averages several networks that were fine-tuned from the same one:

    python -m models.average RUN RUN … --out FILE

The mean of their weights ("model soup", Wortsman et al. 2022, arXiv 2203.05482): if the runs are in
one basin of the loss, it is better than each of them, at no cost on the device.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from edge_app.errors import InputError

from .checkpoint import open_network, save_checkpoint
from .command import tool
from .network import LightweightOpenPose


def average(networks: list[LightweightOpenPose]) -> LightweightOpenPose:
    """The network whose weights are the mean of the others', in evaluation mode.

    Raises:
        InputError: there are fewer than two, or their shapes differ.
    """
    if len(networks) < 2:
        raise InputError("give at least two networks to average")
    config = networks[0].config
    if any(network.config != config for network in networks):
        raise InputError("the networks differ in shape: give networks of the same shape")
    mean = LightweightOpenPose(config)
    states = [network.state_dict() for network in networks]
    mean.load_state_dict(
        {
            name: torch.stack([state[name].double() for state in states]).mean(0).to(value.dtype)
            for name, value in states[0].items()
        }
    )
    return mean.eval()


@tool("average")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.average", description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders or checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    args = parser.parse_args(argv)
    mean = average([open_network(run) for run in args.runs])
    save_checkpoint(args.out, mean.config, network=mean.state_dict())
    print(f"{args.out}: the mean of {len(args.runs)} networks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
