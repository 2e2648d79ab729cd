"""A still camera's view of a track: pixels, what is hidden, and when the pictures were taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.camera import Camera
from models.gym.moves.joints import AT
from models.gym.moves.track import HZ, Track3D

SIZES = ((640, 360), (640, 480), (360, 640), (480, 640), (640, 360))
VIEW_DEG = (25, 75)  # of the picture's longer side
CUT = 0.3  # of the clips begin or end within the track
RATES_HZ = (8, 10, 10, 12, 15, 15, 15, 20, 24, 25, 30, 30)
# What can hide a joint: two joints, and the radius around the line between them in metres.
COVERS = (
    (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), 0.13),
    *(((f"{side}_{a}",), (f"{side}_{b}",), radius) for side in ("left", "right")
      for a, b, radius in (("hip", "knee", 0.075), ("knee", "ankle", 0.05),
                           ("shoulder", "elbow", 0.05), ("elbow", "wrist", 0.04))),
    (("left_ear", "right_ear"), ("left_ear", "right_ear"), 0.085),
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """What the camera sees, (n,) pictures.

    Attributes:
        xy: (n, 17, 2) pixels of COCO's keypoints.
        hidden: (n, 17) bool, behind another part of the body.
        outside: (n, 17) bool, not in the picture or behind the camera.
        torso_px: (n,) shoulders to hips as if seen square on.
        t_s: (n,) seconds after the track's first frame, increasing; a clip may begin and end
            anywhere in the track.
        frame: (n,) index of the track's frame.
        size: width and height, pixels.
    """

    xy: np.ndarray
    hidden: np.ndarray
    outside: np.ndarray
    torso_px: np.ndarray
    t_s: np.ndarray
    frame: np.ndarray
    size: tuple[int, int]
    azimuth_deg: float
    height_m: float
    rate_hz: float


def look(track: Track3D, rng: np.random.Generator, azimuth_deg: float | None = None) -> View:
    """The track through a random camera; an azimuth of 0 or 180 is roughly from any side."""
    size = SIZES[int(rng.integers(len(SIZES)))]
    rate = float(rng.choice([*RATES_HZ, rng.uniform(8, 30)]))
    t_s = _times(rng, len(track.joints) / HZ, rate)
    frame = np.minimum((t_s * HZ).round().astype(int), len(track.joints) - 1)
    azimuth = float(rng.uniform(0, 360)) if azimuth_deg is None else azimuth_deg
    camera = _camera(track, rng, size, azimuth)
    joints = track.joints[frame].astype(np.float64)
    xy, away = camera.project(joints)
    torso = _pair(joints, "shoulder") - _pair(joints, "hip")
    torso_px = np.linalg.norm(torso, axis=1) * camera.focal_px / np.maximum(away.mean(1), 0.3)
    low, high = -0.5, np.array(size) - 0.5
    outside = ((xy < low) | (xy > high)).any(-1) | (away < 0.2)
    hidden = _hidden(xy, away, camera.focal_px)
    place = float(camera.place[2])
    return View(xy, hidden, outside, torso_px, t_s, frame, size, azimuth, place, rate)


def _camera(
    track: Track3D, rng: np.random.Generator, size: tuple[int, int], azimuth_deg: float
) -> Camera:
    """Aims at where the exercise happens, from far or near."""
    busy = track.joints[track.label > 0]
    seen = (busy if len(busy) else track.joints)[::20]
    middle = (seen.reshape(-1, 3).min(0) + seen.reshape(-1, 3).max(0)) / 2
    extent = np.quantile(np.linalg.norm(seen - middle, axis=-1), 0.97)
    view = rng.uniform(*VIEW_DEG)
    long = np.tan(np.radians(view) / 2)
    short = long * min(size) / max(size)
    vertical = np.degrees(2 * np.arctan(long if size[1] > size[0] else short))
    fills = np.exp(rng.uniform(np.log(0.3), np.log(1.15)))
    distance = np.clip(extent / (fills * short), 0.9, 14)
    target = middle + rng.normal(0, 0.12, 3) * extent
    height = float(np.exp(rng.uniform(np.log(0.1), np.log(3.0))))
    height = float(rng.choice([height, rng.uniform(0.5, 1.6)]))
    roll = float(np.clip(rng.normal(0, 4), -10, 10))
    return Camera.around(target, azimuth_deg, height, float(distance), float(vertical), size, roll)


def _times(rng: np.random.Generator, seconds: float, rate_hz: float) -> np.ndarray:
    """When pictures were taken: with jitter, drops and gaps in some tracks."""
    t_s = np.arange(0, seconds - 1 / HZ, 1 / rate_hz)
    if rng.random() < 0.4:
        t_s = t_s + np.clip(rng.normal(0, 0.12, len(t_s)), -0.4, 0.4) / rate_hz
    keep = np.ones(len(t_s), bool)
    if rng.random() < CUT and seconds > 20:
        start = rng.uniform(0, seconds / 2)
        keep &= (t_s >= start) & (t_s <= start + rng.uniform(10, seconds))
    if rng.random() < 0.35:
        keep &= rng.random(len(t_s)) > rng.uniform(0, 0.4)
    if rng.random() < 0.2:
        start = rng.uniform(0, seconds)
        keep &= (t_s < start) | (t_s > start + rng.uniform(0.2, 2))
    return np.asarray(np.maximum(t_s[keep], 0))


def _hidden(xy: np.ndarray, away: np.ndarray, focal_px: float) -> np.ndarray:
    """Which joints lie behind the trunk, the head or a limb: (n, 17) bool."""
    out = np.zeros(away.shape, bool)
    for first, second, radius in COVERS:
        ends = [[AT[name] for name in names] for names in (first, second)]
        (a, b), (near, far) = ([v[:, e].mean(1)[:, None] for e in ends] for v in (xy, away))
        along = b - a
        share = ((xy - a) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-6)
        share = np.clip(share, 0, 1)
        apart = np.linalg.norm(xy - a - share[..., None] * along, axis=-1)
        depth = near + share * (far - near)
        covers = (apart < radius * focal_px / np.maximum(depth, 0.2)) & (away > depth + 0.07)
        if len(first) == 1:
            covers[:, [ends[0][0], ends[1][0]]] = False
        out |= covers
    return out


def _pair(joints: np.ndarray, joint: str) -> np.ndarray:
    return np.asarray(joints[:, [AT[f"left_{joint}"], AT[f"right_{joint}"]]].mean(1))
