"""When repetitions happen: times, depths and faults of a set, and the phase between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from models.gym.motion import ease

PARTIAL = "partial"  # turns too early
TRIP = "trip"  # the rope stops; no fault of form
RETURN = "return"  # does not come back to rest
HELD_S = (1.0, 9.0)  # a long pause at rest or at the turn
EVEN = ("rope skipping", "jumping jack")  # no pauses between the repetitions
HOLDS = {"stay": 0.03, "rest": 0.05}  # how many repetitions have such a pause


@dataclass(frozen=True)
class RepTruth:
    """One repetition; seconds from the track's first frame.

    Attributes:
        turn_s, turned_s: reaches and leaves the far end; their middle is the turn.
        depth: how far it goes, 1 is as far as this student can.
        low, floor: depths it starts from and comes back to; 0 is rest.
        fault: "" if valid, PARTIAL, RETURN, TRIP, or one of `faults.KINDS`.
        way: which of the drill's paths, for sides that alternate.
    """

    start_s: float
    turn_s: float
    turned_s: float
    end_s: float
    depth: float
    low: float
    floor: float
    fault: str
    way: int

    def later(self, by_s: float) -> RepTruth:
        """The same repetition `by_s` later."""
        return replace(
            self, start_s=self.start_s + by_s, turn_s=self.turn_s + by_s,
            turned_s=self.turned_s + by_s, end_s=self.end_s + by_s,
        )  # fmt: skip


@dataclass(frozen=True)
class Rhythm:
    """A student's tempo in one set."""

    tempo_hz: float
    even: bool
    shares: np.ndarray  # (4,) of a period: going out, staying, coming back, resting
    uneven: float  # spread of the periods
    tiring: float  # how much slower the last repetition is
    skew: float  # below 1 starts briskly, above 1 slowly
    harmonic: float  # 1 moves like a pendulum, 0 like a reach

    @staticmethod
    def random(rng: np.random.Generator, exercise: str, tempo_hz: tuple[float, float]) -> Rhythm:
        """A tempo within the limits, even in its logarithm."""
        tempo = float(np.exp(rng.uniform(*np.log(tempo_hz))))
        even = exercise in EVEN
        lazy = rng.choice([0.0, rng.uniform(0, 1)]) * (not even)
        out, back = rng.uniform(0.7, 1.4, 2) if not even else rng.uniform(0.92, 1.08, 2)
        shares = np.array([out, 0.02 + 0.6 * lazy * rng.random(), back, 0.02 + lazy])
        if even:
            shares[[1, 3]] = 0
        uneven, tiring = (
            rng.uniform(0.01, 0.04 if even else 0.15),
            rng.choice([0, rng.uniform(0, 0.6)]),
        )
        skew, harmonic = np.exp(rng.normal(0, 0.15)), rng.random()
        if even:
            skew, harmonic = 1.0, 1.0
        return Rhythm(tempo, even, shares / shares.sum(), float(uneven), float(tiring),
                      float(skew), float(harmonic))  # fmt: skip


def draw_set(
    rng: np.random.Generator, rhythm: Rhythm, count: int, ways: int, faults: tuple[str, ...],
    exact: bool = False,
) -> tuple[RepTruth, ...]:  # fmt: skip
    """A set from 0 s on.

    Args:
        ways: number of paths taken in turn.
        faults: kinds of which some may happen.
        exact: the way back differs from the way out, so every repetition is full. What is even
            besides, a rope, stops now and then.
    """
    t_s, low, reps = 0.0, 0.0, []
    full = 1.0 if exact else rng.uniform(0.82, 1.0)
    partial, wrong = (rng.choice([0.0, 0.0, rng.uniform(0, high)]) for high in (0.5, 0.6))
    partial *= not exact
    for number in range(count):
        slow = 1 + rhythm.tiring * number / max(count, 8)
        period = slow * np.exp(rng.normal(0, rhythm.uneven)) / rhythm.tempo_hz
        out, stay, back, pause = period * rhythm.shares
        if not rhythm.even:
            stay += rng.uniform(*HELD_S) * (rng.random() < HOLDS["stay"])
            pause += rng.uniform(*HELD_S) * (rng.random() < HOLDS["rest"])
        depth, fault = full * (1 - 0.12 * (not exact) * rng.random()), ""
        if rng.random() < partial:
            depth, fault = full * rng.uniform(0.3, 0.8), PARTIAL
        elif faults and rng.random() < wrong:
            fault = str(rng.choice(faults))
        floor = 0.0
        if not fault and rng.random() < 0.5 * wrong and not rhythm.even and not exact:
            fault, floor = RETURN, depth * rng.uniform(0.2, 0.5)
        if low > 0.7 * depth:
            depth = min(1.0, low + 0.3)
        if exact and rhythm.even and rng.random() < 0.03:
            fault, pause = TRIP, rng.uniform(0.4, 2.5)
        turned = t_s + out + stay
        reps.append(RepTruth(t_s, t_s + out, turned, turned + back, float(depth), low,
                             float(floor), fault, number % ways))  # fmt: skip
        t_s, low = turned + back + pause, float(floor)
    if low:
        reps[-1] = replace(reps[-1], floor=0.0, fault="")
    return tuple(reps)


@dataclass(frozen=True)
class Course:
    """The state at each frame of a set: all (frames,)."""

    depth: np.ndarray  # 0 to 1
    phase: np.ndarray  # [0, 2 pi): 0 at rest, pi at the turn
    inside: np.ndarray  # bool, within a repetition
    back: np.ndarray  # bool, on the way back
    rep: np.ndarray  # int, the repetition that is on or was last; 0 before the first


def course(reps: tuple[RepTruth, ...], rhythm: Rhythm, t_s: np.ndarray) -> Course:
    """Depth and phase at the given times (frames,)."""
    starts = np.array([rep.start_s for rep in reps])
    number = np.clip(np.searchsorted(starts, t_s, side="right") - 1, 0, None)
    values = np.array([[r.start_s, r.turn_s, r.turned_s, r.end_s, r.depth, r.low, r.floor]
                       for r in reps])[number].T  # fmt: skip
    start, turn, turned, end, depth, low, floor = values
    out = _eased((t_s - start) / (turn - start), rhythm)
    back = 1 - _eased(1 - (t_s - turned) / (end - turned), rhythm)
    at = low + (depth - low) * out + (floor - depth) * back
    phase = np.arccos(np.clip(1 - 2 * out, -1, 1)) + np.arccos(np.clip(1 - 2 * back, -1, 1))
    inside = (t_s >= start) & (t_s < end)
    return Course(at, np.where(inside, phase % (2 * np.pi), 0.0), inside, t_s > turned, number)


def presence(rep: RepTruth, t_s: np.ndarray) -> np.ndarray:
    """How strongly a fault shows, 0 to 1: grows on the way out, is over before the end."""
    on = ease((t_s - rep.start_s) / (0.5 * (rep.turn_s - rep.start_s)))
    off = ease((t_s - rep.turned_s) / (rep.end_s - rep.turned_s))
    return np.asarray(on - off)


def _eased(share: np.ndarray, rhythm: Rhythm) -> np.ndarray:
    share = np.clip(share, 0, 1) ** rhythm.skew
    pendulum = (1 - np.cos(np.pi * share)) / 2
    return rhythm.harmonic * pendulum + (1 - rhythm.harmonic) * ease(share)
