"""Estimates accuracy during training: the best heatmap cell in the labelled person's box."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.skeleton import STRIDE

from .datasets import Sample, Source, load_source, read_picture
from .targets import cell_centres

CHECKED = (Source("exercise_frames"), Source("lspet"))
SIZE = (256, 256)
PICTURES = 240  # of each set, about


def quick_pck(network: nn.Module, data: Path, device: torch.device) -> list[float]:
    """PCK@0.1 of the box's larger side on a few validation pictures of each set."""
    network.eval()
    return [round(_pck(network, checked_samples(data, s), device), 4) for s in CHECKED]


def checked_samples(data: Path, source: Source) -> list[Sample]:
    """About 240 validation pictures of a data set, evenly taken."""
    samples = load_source(data, source, "val")
    return samples[:: max(1, len(samples) // PICTURES)]


@torch.inference_mode()
def _pck(network: nn.Module, samples: list[Sample], device: torch.device) -> float:
    right = total = 0
    for sample in samples:
        image = read_picture(sample.image)
        transform = letterbox((image.shape[0], image.shape[1]), SIZE)
        blob = torch.from_numpy(preprocess(image, transform, SIZE)).to(device)
        blob = blob.contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            heatmaps = network(blob)[0][0, :-1].float().cpu().numpy()
        x, y, w, h = sample.box[0]
        margin = 0.1 * max(w, h)
        low = transform.to_input(np.array([x - margin, y - margin]))
        high = transform.to_input(np.array([x + w + margin, y + h + margin]))
        across, down = cell_centres(heatmaps.shape[2]), cell_centres(heatmaps.shape[1])
        inside = ((down > low[1]) & (down < high[1]))[:, None] & (
            (across > low[0]) & (across < high[0])
        )
        best = np.where(inside, heatmaps, -1).reshape(len(heatmaps), -1).argmax(1)
        cells = np.stack([best % heatmaps.shape[2], best // heatmaps.shape[2]], 1)
        found = transform.to_image((cells + 0.5) * STRIDE - 0.5)
        error = np.linalg.norm(found - sample.xy[0], axis=1)
        right += int((error[sample.present[0]] < 0.1 * max(w, h)).sum())
        total += int(sample.present[0].sum())
    return right / max(total, 1)
