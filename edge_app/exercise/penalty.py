"""The penalty of a repetition for form faults: equations (9) and (10) of the paper.

Equation (10) gives every frame the loss (parameter - threshold)², equation (9) weights the losses
and sums them over the frames of the interval. Five deviations, each needed to judge people fairly:

* only values beyond the threshold are a loss; the square alone would punish small values as well;
* the sum is divided by the interval's duration (each frame is weighted by its time), because
  a plain sum punishes a slow repetition and a fast camera;
* angles enter in radians, so that a loss of 1 is a gross fault (57° or one torso length) for every
  kind of parameter and one limit fits them all;
* no frame loses more than 1: beyond a gross fault it is a misplaced keypoint, and three such frames
  would reject a good repetition;
* two measures of one fault, with the same sentence, count as the larger of them, not as both.

That mean dilutes a fault of a few frames, such as a hand that pushes off the floor. Such a fault is
judged as "held" instead: its loss is the one exceeded for the fault's share of the interval. That
is a share of time too, so neither tempo nor frame rate matters, and a keypoint misplaced for a
moment is not a fault.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Iterable

from edge_app.exercise.definition import Fault
from edge_app.exercise.rep import Penalty

MAX_STEP_S = 0.5  # most time for one frame: the longest gap that is bridged
MOST_FRAMES = 600  # of one interval: 20 s at the counter's 30 poses per second


def loss(fault: Fault, value: float) -> float:
    """Equation (10): squared breach, rad² or torso lengths², 0 within the threshold, at most 1."""
    beyond = value - fault.threshold if fault.breach == "above" else fault.threshold - value
    if fault.parameter.endswith("_deg"):
        beyond = math.radians(beyond)
    return min(max(0.0, beyond), 1.0) ** 2


class PenaltySum:
    """Adds up equation (9) over one interval, frame by frame."""

    def __init__(self, faults: tuple[Fault, ...], limit: float) -> None:
        self._faults, self._limit = faults, limit
        self.reset(math.nan)

    def reset(self, t_s: float) -> None:
        """Starts a new interval at `t_s`."""
        self._t_s = t_s
        self._loss_s = dict.fromkeys((f.code for f in self._faults), 0.0)
        self._seen_s = dict.fromkeys((f.code for f in self._faults), 0.0)
        self._held: dict[str, deque[tuple[float, float]]] = {
            f.code: deque(maxlen=MOST_FRAMES) for f in self._faults if f.at == "held"
        }

    def add(self, t_s: float, parameters: dict[str, float]) -> None:
        """Adds one frame; a missing parameter (NaN) has no effect."""
        step_s = 0.0 if math.isnan(self._t_s) else min(max(0.0, t_s - self._t_s), MAX_STEP_S)
        self._t_s = t_s
        for fault in self._faults:
            value = parameters[fault.parameter]
            if math.isnan(value):
                continue
            if fault.at == "frame":
                self._loss_s[fault.code] += step_s * loss(fault, value)
                self._seen_s[fault.code] += step_s
            elif fault.at == "held":
                self._held[fault.code].append((loss(fault, value), step_s))

    def result(self, extremes: dict[str, float]) -> Penalty:
        """The penalty so far; `extremes` are the parameter values at the extreme."""
        parts = {}
        for fault in self._faults:
            mean = 0.0
            if fault.at == "extreme":
                mean = _loss_at(fault, extremes)
            elif fault.at == "held":
                mean = held(self._held[fault.code], fault.share)
            elif self._seen_s[fault.code] > 0:
                mean = self._loss_s[fault.code] / self._seen_s[fault.code]
            parts[fault.code] = fault.factor * mean
        return Penalty(total(self._faults, parts), parts, self._limit)


def with_ends(penalty: Penalty, faults: tuple[Fault, ...], ends: dict[str, float]) -> Penalty:
    """The penalty including faults judged at the end of the movement."""
    parts = dict(penalty.parts)
    parts.update((f.code, f.factor * _loss_at(f, ends)) for f in faults if f.at == "end")
    return Penalty(total(faults, parts), parts, penalty.limit)


def total(faults: tuple[Fault, ...], parts: dict[str, float]) -> float:
    """The sum of equation (9), in which two measures with the same sentence count once."""
    told = {fault.code: fault.sentence for fault in faults}
    worst: dict[str, float] = {}
    for code, part in parts.items():
        sentence = told.get(code, code)
        worst[sentence] = max(part, worst.get(sentence, 0.0))
    return sum(worst.values())


def held(losses: Iterable[tuple[float, float]], share: float) -> float:
    """The loss reached or exceeded for a share of the time.

    Args:
        losses: loss and duration in seconds of every frame.
    """
    ordered = sorted(losses, reverse=True)
    left_s = share * sum(step_s for _, step_s in ordered)
    for value, step_s in ordered:
        left_s -= step_s
        if left_s < 0:
            return value
    return 0.0


def _loss_at(fault: Fault, values: dict[str, float]) -> float:
    value = values.get(fault.parameter, math.nan)
    return 0.0 if math.isnan(value) else loss(fault, value)
