"""The script of a scene, random from a seed: each repetition's times, range and fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.motion import ease

REST_S = 0.9  # before the first repetition and after the last
TEMPO_S = ((0.65, 1.05), (0.05, 0.2), (0.65, 1.05), (0.08, 0.4))  # out, staying, back, pause
SHORT = {"sit-up": (0.3, 0.42), "push-up": (0.4, 0.55), "squat": (0.4, 0.55)}  # "range": of depth
FLOOR = {"sit-up": (0.3, 0.42), "push-up": (0.4, 0.55), "squat": (0.4, 0.55)}  # "return": of depth

VALID, STANDING = "", "standing"
# From the paper: support, feet, unilateral and standing. `range` turns too early, `return` does
# not come back to rest.
FAULTS = {
    "sit-up": ("support", "feet", "unilateral", "hands", "range", "return"),
    "push-up": ("sag", "pike", "range", "return"),
    "squat": ("range", "return"),
}


@dataclass(frozen=True)
class RepTruth:
    """One planned repetition; seconds from the first frame, depth 1 is the full range."""

    start_s: float
    extreme_s: float  # reaches the far end
    turned_s: float  # leaves it
    end_s: float  # is back, or as far back as this one gets
    depth: float
    floor: float  # depth at the end: above 0 it does not return to rest
    fault: str  # "" if valid
    amount: float  # 0 to 1: how clear the fault is, from mild to gross
    side: str = "both"  # which hand: "both", "near" or "far" from the camera


def draw_reps(rng: np.random.Generator, exercise: str, faults: list[str]) -> tuple[RepTruth, ...]:
    """Times and ranges of repetitions with the given faults ("" for none)."""
    ranges = np.asarray(TEMPO_S)
    habit = rng.uniform(ranges[:, 0], ranges[:, 1])
    t_s, reps = REST_S, []
    for fault in faults:
        out, stay, back, pause = habit * rng.uniform(0.85, 1.15, 4)
        depth = rng.uniform(*SHORT[exercise]) if fault == "range" else rng.uniform(0.95, 1.0)
        floor = rng.uniform(*FLOOR[exercise]) if fault == "return" else 0.0
        side = str(rng.choice(["both", "both", "both", "near", "near", "far"]))
        turned = t_s + out + stay
        amount = float(rng.random())
        reps.append(RepTruth(t_s, t_s + out, turned, turned + back, float(depth), float(floor),
                             fault, amount, side))  # fmt: skip
        t_s = turned + back + pause
    return tuple(reps)


def duration_s(reps: tuple[RepTruth, ...]) -> float:
    """Length of the scene."""
    return reps[-1].end_s + REST_S


def depth_at(reps: tuple[RepTruth, ...], t_s: np.ndarray) -> np.ndarray:
    """How far from rest the student is, 0 to 1: like `t_s`."""
    depth, low = np.zeros_like(t_s, dtype=np.float64), 0.0
    for rep in reps:
        out = ease((t_s - rep.start_s) / (rep.extreme_s - rep.start_s))
        back = ease((t_s - rep.turned_s) / (rep.end_s - rep.turned_s))
        depth += (rep.depth - low) * out + (rep.floor - rep.depth) * back
        low = rep.floor
    return depth


def presence(reps: tuple[RepTruth, ...], t_s: np.ndarray, fault: str, side: str = "") -> np.ndarray:
    """Strength of a fault, 0 to 1: like `t_s`.

    It grows on the way out and ends in the first part of the way back. `side` selects the
    repetitions of one hand.
    """
    present = np.zeros_like(t_s, dtype=np.float64)
    for rep in reps:
        if rep.fault == fault and side in ("", rep.side):
            way_s, back_s = rep.extreme_s - rep.start_s, rep.end_s - rep.turned_s
            on = ease((t_s - rep.start_s) / (0.35 * way_s))
            off = ease((t_s - rep.turned_s - 0.25 * back_s) / (0.6 * back_s))
            present += on - off
    return present
