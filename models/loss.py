"""The training loss: squared error where labels are known."""

from __future__ import annotations

from torch import Tensor, cat, nn, ones_like, where


def masked_loss(base: Tensor, stages: list[tuple[Tensor, Tensor]], batch: dict) -> Tensor:
    """Squared error of every stage, where labels are known.

    Inside a labelled person's box every known channel counts. Elsewhere, in a picture with
    unlabelled people, a cell counts only if the prior detects nobody near it.
    """
    target = cat([batch["heatmaps"], batch["pafs"]], 1)
    region = batch["region"][:, None]
    seen = nn.functional.max_pool2d(base.detach().float().amax(1, keepdim=True), 5, 1, 2) > 0.1
    elsewhere = where(region < -0.5, 0.0, (~seen).float())
    learnt = where(region > 0.5, 1.0, elsewhere)
    weight = batch["channels"][:, :, None, None] * learnt
    heatmaps = target.shape[1] - batch["pafs"].shape[1] - 1
    foreground = ones_like(target)
    foreground[:, :heatmaps] += 3 * target[:, :heatmaps]
    weight = weight * foreground
    loss = target.new_zeros(())
    for pair in stages:
        error = cat(pair, 1).float() - target
        loss = loss + (weight * error * error).sum()
    return loss / (len(target) * 100.0)


def imitation_loss(stages: list[tuple[Tensor, Tensor]], taught: tuple[Tensor, Tensor]) -> Tensor:
    """Squared distance of every stage from a teacher's output, in every cell and channel.

    A teacher also covers missing labels: unlabelled people, and keypoints that a data set lacks
    (Zhang et al. 2019, arXiv 1811.05419).
    """
    target = cat(taught, 1).float()
    heatmaps = taught[0].shape[1] - 1
    weight = ones_like(target)
    weight[:, :heatmaps] += 3 * target[:, :heatmaps].clamp(0, 1)
    loss = target.new_zeros(())
    for pair in stages:
        error = cat(pair, 1).float() - target
        loss = loss + (weight * error * error).sum()
    return loss / (len(target) * 100.0)
