"""Small changes to a track of poses that should not change its count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Callable, List, Sequence

import numpy as np

from edge_app.camera.clip import thin
from edge_app.pipeline.build import StoredTrack
from edge_app.skeleton import OPENPOSE_MIRROR
from edge_app.values import Pose

Track = Sequence[Pose]
Change = Callable[[Track, np.random.Generator], List[Pose]]

RANDOM_DRAWS = 3  # of a change by chance
FEWEST_FOUND = 8  # keypoints of a pose whose box gives the body's size
SHORTEST_STEP_S = 0.001  # between two time stamps, which always increase


@dataclass(frozen=True)
class Variant:
    """One change.

    Attributes:
        name: as in the table.
        change: makes the changed track; returns an equal one where there is nothing to change.
        draws: how often it is made, with other random numbers.
        cut_s: so much is cut off the beginning: not for clips where a repetition begins there.
    """

    name: str
    change: Change
    draws: int = 1
    cut_s: float = 0.0


def at_rate(fps: float, track: Track, _: np.random.Generator) -> list[Pose]:
    """At most so many frames a second, dropped as a slower device drops them."""
    return [track[frame.index] for frame in thin(iter(StoredTrack(track)), fps)]


def dropped(share: float, track: Track, random: np.random.Generator) -> list[Pose]:
    """Each frame is missing with this probability."""
    kept = random.random(len(track)) >= share
    return [pose for pose, keep in zip(track, kept) if keep]


def jittered(most_s: float, track: Track, random: np.random.Generator) -> list[Pose]:
    """Each time stamp is off by up to `most_s`, uniformly; frames keep their order."""
    times = np.array([pose.t_s for pose in track])
    steps = np.arange(len(track)) * SHORTEST_STEP_S
    moved = np.sort(times + random.uniform(-most_s, most_s, len(track)))
    moved = np.maximum.accumulate(moved - steps) + steps
    return [Pose(pose.xy, pose.score, float(t_s)) for pose, t_s in zip(track, moved)]


def noisy(share: float, track: Track, random: np.random.Generator) -> list[Pose]:
    """Normal noise on x and y of each keypoint; its standard deviation is a share of the body."""
    deviation_px = share * body_size_px(track)
    return [_moved(pose, pose.xy + random.normal(0, deviation_px, pose.xy.shape)) for pose in track]


def mirrored(track: Track, _: np.random.Generator) -> list[Pose]:
    """As a mirror shows it: x is turned round and left and right are exchanged."""
    xs = np.concatenate([pose.xy[pose.score > 0, 0] for pose in track]) if track else np.zeros(0)
    both_ends_px = xs.min() + xs.max() if len(xs) else 0.0
    found = []
    for pose in track:
        turned = np.column_stack([both_ends_px - pose.xy[:, 0], pose.xy[:, 1]])
        score = pose.score[OPENPOSE_MIRROR]
        found.append(_moved(Pose(pose.xy, score, pose.t_s), turned[OPENPOSE_MIRROR]))
    return found


def scaled(factor: float, track: Track, _: np.random.Generator) -> list[Pose]:
    """A larger or smaller picture."""
    return [_moved(pose, pose.xy * factor) for pose in track]


def later(cut_s: float, track: Track, _: np.random.Generator) -> list[Pose]:
    """Begins so much later."""
    return [pose for pose in track if pose.t_s >= track[0].t_s + cut_s]


def body_size_px(track: Track) -> float:
    """Median diagonal of the box around the keypoints found; 0 if no pose has enough of them."""
    boxes = [pose.xy[pose.score > 0] for pose in track]
    sizes = [float(np.hypot(*np.ptp(box, axis=0))) for box in boxes if len(box) >= FEWEST_FOUND]
    return float(np.median(sizes)) if sizes else 0.0


def differ(one: Track, other: Track) -> bool:
    """Whether two tracks are not the same."""
    return len(one) != len(other) or any(
        a.t_s != b.t_s or not np.array_equal(a.xy, b.xy) or not np.array_equal(a.score, b.score)
        for a, b in zip(one, other)
    )


def _moved(pose: Pose, xy: np.ndarray) -> Pose:
    """The pose at other places; what was not found stays at 0."""
    placed = np.where(pose.score[:, None] > 0, xy, 0).astype(np.float32)
    return Pose(placed, pose.score, pose.t_s)


def _variants() -> list[Variant]:
    made = [Variant(f"{fps} frames a second", partial(at_rate, float(fps))) for fps in (30, 15, 10)]
    for share in (0.2, 0.4):
        name = f"{share:.0%} of the frames dropped"
        made.append(Variant(name, partial(dropped, share), RANDOM_DRAWS))
    for most_s in (0.01, 0.03):
        name = f"time stamps off by up to {most_s * 1000:.0f} ms"
        made.append(Variant(name, partial(jittered, most_s), RANDOM_DRAWS))
    for share in (0.005, 0.01):
        name = f"joint noise of {share:.1%} of the body"
        made.append(Variant(name, partial(noisy, share), RANDOM_DRAWS))
    made.append(Variant("mirror image", mirrored))
    for factor in (0.9, 1.1):
        made.append(Variant(f"{factor - 1:+.0%} scale", partial(scaled, factor)))
    for cut_s in (0.1, 0.2, 0.3, 0.4, 0.5):
        name = f"begins {cut_s:.1f} s later"
        made.append(Variant(name, partial(later, cut_s), cut_s=cut_s))
    return made


VARIANTS = tuple(_variants())
