"""How clips of makers that the second witness did not learn from are counted, with it and without.

Three counters: the rules alone, the witness alone, and the product's, in which both have a say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_app.exercise.build import counter_for, rules_alone
from edge_app.exercise.definition import find_exercise
from edge_app.exercise.rep import Counter
from edge_app.exercise.witness.features import RATE_HZ, FeatureReader
from edge_app.exercise.witness.network import DELAY, EXERCISES, OTHER, WitnessNetwork
from edge_app.values import Pose
from models.witness.reading import repetitions
from models.witness.tracks import Labelled, resampled

GHOSTS = ("sit-up", "push-up", "squat")
WAYS = ("rules alone", "witness alone", "both")


@dataclass(frozen=True)
class Counted:
    """What one of the `WAYS` makes of one clip, asked for one exercise."""

    way: str
    track: Labelled
    asked: int
    count: int

    @property
    def error(self) -> int:
        """Distance of the count to the accepted range."""
        low, high = self.track.count
        return max(low - self.count, self.count - high, 0)


def phases(network: WitnessNetwork, track: Labelled, asked: int) -> np.ndarray:
    """(samples, PHASES) log probabilities of the asked exercise's phase through a whole track."""
    samples = int((track.t_s[-1] - track.t_s[0]) * RATE_HZ) + 1
    xy, score, _, _ = resampled(track, float(track.t_s[0]), samples + DELAY)
    reader, state = FeatureReader(), network.start()
    found = []
    for k in range(samples + DELAY):
        state = network.step(state, reader.update(xy[k : k + 1], score[k : k + 1]))
        found.append(network.phase(state, np.array([asked]))[0])
    return np.array(found[DELAY:])


def counts(network: WitnessNetwork, track: Labelled, asked: int) -> list[Counted]:
    """A whole track, counted in each of the `WAYS`."""
    exercise = find_exercise(EXERCISES[asked])
    found = (
        _by_counter(rules_alone(exercise), track),
        len(repetitions(phases(network, track, asked))),
        _by_counter(counter_for(exercise, network=network), track),
    )
    return [Counted(way, track, asked, count) for way, count in zip(WAYS, found)]


def _by_counter(counter: Counter, track: Labelled) -> int:
    for xy, score, t_s in zip(track.xy, track.score, track.t_s.tolist()):
        counter.update(Pose(xy, score, t_s))
    counter.finish()
    return counter.count


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
        told["ghosts a minute"] = sum(c.count for c in empty) / sum(minutes.values())
    return told


def all_counts(network: WitnessNetwork, tracks: Sequence[Labelled]) -> list[Counted]:
    """Every clip, asked for its exercise; clips without, asked for each of three."""
    found: list[Counted] = []
    for track in tracks:
        asked = [track.exercise]
        if track.exercise == OTHER:
            asked = [EXERCISES.index(name) for name in GHOSTS]
        found += [one for number in asked for one in counts(network, track, number)]
    return found
