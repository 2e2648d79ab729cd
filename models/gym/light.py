"""The light of a hall at a time of day."""

from __future__ import annotations

import numpy as np

from models.gym.shade import Light

LIGHTS = ("hall", "hall", "day", "day", "evening", "night", "back")


def light_of(rng: np.random.Generator, mode: str, away: np.ndarray) -> tuple[Light, float]:
    """The light of a time of day, and how dim it is."""
    azimuth = rng.uniform(0, 2 * np.pi)
    if mode == "back":
        azimuth = np.arctan2(away[1], away[0]) + rng.normal(0, 0.4)
    low, high = {"hall": (60, 88), "day": (35, 75), "evening": (12, 30), "night": (50, 88),
                 "back": (15, 45)}[mode]  # fmt: skip
    up = np.radians(rng.uniform(low, high))
    towards = np.array([np.cos(azimuth) * np.cos(up), np.sin(azimuth) * np.cos(up), np.sin(up)])
    lamp, around, dim = {
        "hall": (rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.8), 0.25),
        "day": (rng.uniform(0.5, 1.2), rng.uniform(0.35, 0.7), 0.0),
        "evening": (rng.uniform(0.6, 1.2), rng.uniform(0.2, 0.4), 0.35),
        "night": (rng.uniform(0.2, 0.6), rng.uniform(0.06, 0.2), 1.0),
        "back": (rng.uniform(0.5, 1.0), rng.uniform(0.15, 0.35), 0.3),
    }[mode]
    warm = {"evening": 0.35, "night": rng.normal(0.1, 0.15)}.get(mode, rng.normal(0, 0.06))
    tint = np.array([1 + warm, 1.0, 1 - warm])
    cool = np.array([1 - warm / 3, 1.0, 1 + warm / 3])
    return Light(towards, lamp * tint, around * cool), dim
