"""Trains the second witness: `python -m models.witness.train --out weights.npz …`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from edge_app.exercise.witness.features import COUNT, RATE_HZ, FeatureReader
from edge_app.exercise.witness.network import DELAY, EXERCISES, KINDS, OTHER, PHASES
from models.witness.tracks import UNKNOWN, Labelled, bins, disturbed, resampled

SAMPLES = 180  # of a training stretch: 12 s
BATCH = 48
SPEEDS = (0.6, 1.7)
RIGHT, NONE = 0.65, 0.25  # how often the right exercise, or none, is asked for; else a wrong one
REST_WEIGHT = 0.6


class Witness(nn.Module):
    """The network of `edge_app.exercise.witness.network` in torch."""

    def __init__(self, hidden: int = 64, dense: int = 64, middle: int = 48) -> None:
        super().__init__()
        self.dense = nn.Linear(COUNT, dense)
        self.gru = nn.GRU(dense, hidden, batch_first=True)
        self.kind = nn.Linear(hidden, KINDS)
        self.middle = nn.Linear(hidden + KINDS, middle)
        self.phase = nn.Linear(middle, PHASES)
        self.drop = nn.Dropout(0.2)

    def forward(self, features: Tensor, asked: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, samples, COUNT), (batch,) → logits of kind and phase at each sample."""
        x = self.drop(torch.relu(self.dense(features)))
        states = self.drop(self.gru(x)[0])
        prior = nn.functional.one_hot(asked, KINDS).to(states)[:, None].expand(-1, x.shape[1], -1)
        middle = torch.relu(self.middle(torch.cat([states, prior], 2)))
        return self.kind(states), self.phase(middle)

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights by the names that the device reads."""
        named = {n.replace("_l0", ""): p.detach().numpy() for n, p in self.named_parameters()}
        return {n: np.ascontiguousarray(p, np.float32) for n, p in named.items()}


@dataclass(frozen=True)
class Source:
    """Tracks of one kind and the share of the stretches drawn from them."""

    tracks: Sequence[Labelled]
    share: float


def stretch(
    track: Labelled, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """A random stretch: xy, score, kind and bin of each sample, and what is asked for."""
    speed = float(np.exp(rng.uniform(*np.log(SPEEDS))))
    length_s = speed * SAMPLES / RATE_HZ
    last_s = max(track.t_s[-1] - length_s, track.t_s[0])
    start_s = float(rng.uniform(track.t_s[0] - min(1.0, length_s / 8), last_s))
    keep = None
    if rng.random() < 0.5:
        keep = rng.random(len(track.t_s)) > rng.choice([0.1, 0.25, 0.5])
        if keep.sum() < 4:
            keep = None
    xy, score, kind, phase = resampled(track, start_s, SAMPLES, speed, keep)
    xy, score = disturbed(xy, score, rng)
    number = bins(phase)
    asked, draw = track.exercise, rng.random()
    if track.exercise == OTHER or draw > RIGHT + NONE:
        asked = int(rng.integers(0, len(EXERCISES)))
    elif draw > RIGHT:
        asked = OTHER
    if asked != OTHER:  # whatever else goes on is rest
        number = np.where((kind != UNKNOWN) & (kind != asked), 0, number)
        if asked != track.exercise:
            number = np.where(number != UNKNOWN, 0, UNKNOWN)
    return xy, score, kind, number, asked


def batch_of(
    sources: Sequence[Source], rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features (BATCH, SAMPLES, COUNT), kinds, bins, asked."""
    shares = np.array([s.share for s in sources])
    chosen = rng.choice(len(sources), BATCH, p=shares / shares.sum())
    drawn = [
        stretch(sources[c].tracks[int(rng.integers(len(sources[c].tracks)))], rng) for c in chosen
    ]
    xy, score = (np.stack([d[i] for d in drawn]) for i in (0, 1))
    reader = FeatureReader(BATCH)
    features = np.stack([reader.update(xy[:, k], score[:, k]) for k in range(SAMPLES)], axis=1)
    kinds, numbers = (torch.from_numpy(np.stack([d[i] for d in drawn])).long() for i in (2, 3))
    return torch.from_numpy(features), kinds, numbers, torch.tensor([d[4] for d in drawn])


def train(
    sources: Sequence[Source], steps: int, seed: int, rate: float = 3e-3, told: bool = False
) -> Witness:
    """Trains from scratch with a cosine over `steps`."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = Witness()
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.1)
    weights = torch.ones(PHASES)
    weights[0] = REST_WEIGHT
    seen = 0.0
    for step in range(steps):
        features, kinds, numbers, asked = batch_of(sources, rng)
        kind, phase = network(features, asked)
        # Each answer is about the sample `DELAY` ago.
        kind, phase = kind[:, DELAY:].flatten(0, 1), phase[:, DELAY:].flatten(0, 1)
        kinds, numbers = kinds[:, :-DELAY].flatten(), numbers[:, :-DELAY].flatten()
        loss = nn.functional.cross_entropy(kind, kinds, ignore_index=UNKNOWN, label_smoothing=0.05)
        loss = 0.5 * loss + nn.functional.cross_entropy(
            phase, numbers, weights, ignore_index=UNKNOWN, label_smoothing=0.05
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        plan.step()
        seen += float(loss.detach())
        if told and step % 100 == 99:
            print(f"{step + 1}: {seen / 100:.3f}", flush=True)
            seen = 0.0
    return network.eval()
