"""From phases to repetitions: a hidden Markov model over rest and six parts of a repetition.

Emissions are the network's probabilities; the most probable path (Viterbi 1967) must go round in
order, so that a flicker of one sample counts nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edge_app.exercise.witness.network import BINS, PHASES

STAY, ON, SKIP, BACK = 0.72, 0.22, 0.03, 0.01  # probabilities of a step at 15 samples a second
WEIGHT = 0.5  # of the network's evidence: neighbouring samples are not independent


class Seen(NamedTuple):
    """One repetition by the second witness, in samples."""

    start: int
    turn: int
    end: int
    sure: float  # mean probability of the path, 0 to 1


def transitions() -> np.ndarray:
    """(PHASES, PHASES) log probabilities; row: from."""
    table = np.full((PHASES, PHASES), 1e-6)
    for state in range(PHASES):
        table[state, state] = STAY
        table[state, (state + 1) % PHASES] = ON
        table[state, (state + 2) % PHASES] = SKIP
        table[state, (state - 1) % PHASES] = BACK
    table[BINS, 1] = ON  # the next repetition without a rest
    table[0, BINS] = 1e-6  # never backwards out of rest
    table[1, 0] = 3 * BACK  # it was none
    logs: np.ndarray = np.log(table / table.sum(1, keepdims=True))
    return logs


def most_probable(logs: np.ndarray, weight: float = WEIGHT) -> np.ndarray:
    """(samples, PHASES) log probabilities → (samples,) the most probable path."""
    table = transitions()
    best = np.full(PHASES, -np.inf)
    best[0] = 0.0
    back = np.zeros((len(logs), PHASES), np.int8)
    for number, row in enumerate(logs):
        ways = best[:, None] + table
        back[number] = ways.argmax(0)
        best = ways.max(0) + weight * row
    path = np.zeros(len(logs), np.int8)
    state = int(best.argmax())
    for number in range(len(logs) - 1, -1, -1):
        path[number] = state
        state = int(back[number, state])
    return path


def repetitions(logs: np.ndarray) -> list[Seen]:
    """Every whole way round, in order."""
    path = most_probable(logs)
    found = []
    start = -1
    for number in range(1, len(path)):
        before, now = int(path[number - 1]), int(path[number])
        if before == 0 and now in (1, 2):
            start = number
        ends = (before == BINS and now in (0, 1)) or (before == BINS - 1 and now == 0)
        if ends and start >= 0:
            part = path[start:number]
            late = np.flatnonzero(part > BINS // 2)
            turn = start + (int(late[0]) if len(late) else len(part) // 2)
            sure = float(np.exp(logs[np.arange(start, number), part]).mean())
            found.append(Seen(start, turn, number, sure))
            start = number if now == 1 else -1
        elif now == 0:
            start = -1
    return found
