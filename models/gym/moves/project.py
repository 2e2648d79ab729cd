"""From a track in 3D to the poses a product sees: camera, the network's errors, smoothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.pose.smoothing import PoseSmoother
from edge_app.skeleton import NECK, openpose_from_coco
from edge_app.values import Pose
from models.gym.moves.errors import FEWEST, Flaws, seen_by_network
from models.gym.moves.track import Track3D
from models.gym.moves.view import View, look

BODY = 3.4  # height of a body, torso lengths
SMOOTHED = 0.6  # of the tracks


@dataclass(frozen=True)
class Seen:
    """Poses as the counter gets them.

    Attributes:
        poses: (n, 18, 2) float32 pixels in OpenPose order, 0 where missing.
        scores: (n, 18) float32, 0 where missing.
        t_s: (n,) seconds, increasing.
        view: the camera's view; `view.frame` leads to the track's truth.
    """

    poses: np.ndarray
    scores: np.ndarray
    t_s: np.ndarray
    view: View
    flaws: Flaws | None
    smoothed: bool


def project(
    track: Track3D, rng: np.random.Generator, clean: bool = False, azimuth_deg: float | None = None
) -> Seen:
    """The track through a random camera and a random quality of network.

    Args:
        clean: exact joints instead, hidden ones included, those outside the picture too.
        azimuth_deg: of the camera, see `Camera.around`.
    """
    view = look(track, rng, azimuth_deg)
    if clean:
        exact = openpose_from_coco(
            view.xy.astype(np.float32), np.ones(view.hidden.shape, np.float32)
        )
        return Seen(*exact, view.t_s, view, None, False)
    flaws = Flaws.random(rng)
    xy, score = seen_by_network(view, rng, flaws)
    poses, scores = _with_neck(xy, score, view, rng)
    smoothed = bool(rng.random() < SMOOTHED)
    if smoothed:
        smoother, body_px = PoseSmoother(lowest_score=FEWEST), BODY * view.torso_px
        for i, t_s in enumerate(view.t_s):
            pose = smoother(Pose(poses[i], scores[i], float(t_s)), float(body_px[i]))
            poses[i], scores[i] = pose.xy, pose.score
    return Seen(poses, scores, view.t_s, view, flaws, smoothed)


def _with_neck(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """OpenPose order; the network sees the neck by itself, and well, if it sees a shoulder."""
    poses, scores = openpose_from_coco(xy.astype(np.float32), score.astype(np.float32))
    shoulders = score[:, 5:7]
    weight = np.maximum(shoulders, 1e-6)[..., None]
    neck = (xy[:, 5:7] * weight).sum(1) / weight.sum(1)
    poses[:, NECK] = neck + rng.normal(0, 0.008, neck.shape) * view.torso_px[:, None]
    scores[:, NECK] = np.minimum(1.03 * shoulders.max(1), 0.97)
    return poses, scores
