"""How the second witness counts clips of makers that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_app.exercise.witness.features import RATE_HZ, FeatureReader
from edge_app.exercise.witness.network import DELAY, EXERCISES, OTHER, WitnessNetwork
from edge_app.exercise.witness.reading import Seen, repetitions
from models.witness.tracks import Labelled, resampled

GHOSTS = ("sit-up", "push-up", "squat")


@dataclass(frozen=True)
class Counted:
    """What the witness makes of one clip, asked for one exercise."""

    track: Labelled
    asked: int
    found: list[Seen]

    @property
    def error(self) -> int:
        """Distance of the count to the accepted range."""
        low, high = self.track.count
        return max(low - len(self.found), len(self.found) - high, 0)


def read(network: WitnessNetwork, track: Labelled, asked: int) -> tuple[np.ndarray, np.ndarray]:
    """Log probabilities of kind and phase at every sample of a whole track."""
    samples = int((track.t_s[-1] - track.t_s[0]) * RATE_HZ) + 1
    xy, score, _, _ = resampled(track, float(track.t_s[0]), samples + DELAY)
    reader, state = FeatureReader(), network.start()
    kinds, phases = [], []
    for k in range(samples + DELAY):
        features = reader.update(xy[k : k + 1], score[k : k + 1])
        state, kind, phase = network.step(state, features, np.array([asked]))
        kinds.append(kind[0])
        phases.append(phase[0])
    return np.array(kinds[DELAY:]), np.array(phases[DELAY:])


def count(network: WitnessNetwork, track: Labelled, asked: int) -> Counted:
    """The repetitions of a whole track."""
    return Counted(track, asked, repetitions(read(network, track, asked)[1]))


def summary(counted: Sequence[Counted]) -> dict[str, float]:
    """Within one, exact, MAE of clips with repetitions; ghosts a minute of the others."""
    real = [c for c in counted if c.track.exercise != OTHER]
    empty = [c for c in counted if c.track.exercise == OTHER]
    told: dict[str, float] = {"clips": len(real)}
    if real:
        told["within one"] = float(np.mean([c.error <= 1 for c in real]))
        told["exact"] = float(np.mean([c.error == 0 for c in real]))
        told["MAE"] = float(np.mean([c.error / max(c.track.count[1], 1) for c in real]))
    if empty:
        minutes = {c.track.name: (c.track.t_s[-1] - c.track.t_s[0]) / 60 for c in empty}
        told["ghosts a minute"] = sum(len(c.found) for c in empty) / sum(minutes.values())
    return told


def all_counts(network: WitnessNetwork, tracks: Sequence[Labelled]) -> list[Counted]:
    """Every clip, asked for its exercise; clips without, asked for each of three."""
    found = []
    for track in tracks:
        asked = [track.exercise]
        if track.exercise == OTHER:
            asked = [EXERCISES.index(name) for name in GHOSTS]
        found += [count(network, track, number) for number in asked]
    return found
