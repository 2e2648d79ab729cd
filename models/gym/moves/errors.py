"""What a pose network makes of a view: its usual errors, each as strong as drawn for the track."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.skeleton import COCO_KEYPOINTS
from models.gym.moves.joints import AT
from models.gym.moves.view import View

LEFT_RIGHT = np.array([
    AT[n.replace("left_", "right_") if n.startswith("left_") else n.replace("right_", "left_")]
    for n in COCO_KEYPOINTS
])  # fmt: skip
HEAD, ARMS, LEGS = np.arange(5), np.arange(5, 11), np.arange(11, 17)
# How much easier a joint is than the mean: the score, and how loosely it is placed.
EASE = np.array(
    [0.1] * 5 + [0.08] * 2 + [-0.04] * 2 + [-0.1] * 2 + [0.02] * 2 + [-0.03] * 2 + [-0.1] * 2
)
LOOSE = np.array([0.7] * 5 + [0.8] * 2 + [1.3] * 2 + [1.6] * 2 + [0.8] * 2 + [1.2] * 2 + [1.3] * 2)
ENDS = np.array([0.0] * 7 + [0.6] * 2 + [1.0] * 2 + [0.05] * 2 + [0.5] * 2 + [1.0] * 2)
TIPS = ((9,), (10,), (7, 9), (8, 10), (15,), (16,), (13, 15), (14, 16))  # of limbs
FEWEST = 0.06  # a score below is no keypoint


@dataclass(frozen=True)
class Flaws:
    """How strong each error is in one track; rates are a minute, sizes in torso lengths.

    Each is 0 in a good share of the tracks; see `random`.
    """

    smooth: float  # jitter correlated over a few pictures
    white: float
    bias: float  # a joint taken for a place beside it
    hip_on_thigh: float  # share of the thigh
    score: float  # of a joint in plain view
    far: str  # hidden joints are "exact", "near" (on the other side's), "missing" or "wild"
    swaps: float
    always_swapped: bool
    head_lost: float
    wander: float
    flicker: float  # share of a limb end's pictures in which it is somewhere else
    lost: str  # joints outside the picture: "missing", or "edge", a guess at the border
    stolen: float
    nonsense: float
    nobody: float
    other: float  # another person is followed

    @staticmethod
    def random(rng: np.random.Generator) -> Flaws:
        """Clean tracks and bad ones; jitter of 0.3 to 2 % of the body, which has 3.4 torsos."""
        bad = rng.beta(1.2, 1.6)

        def some(high: float, share: float = 0.5) -> float:
            return float(bad * rng.uniform(0, high)) if rng.random() < share else 0.0

        return Flaws(
            smooth=float(0.008 + bad * rng.uniform(0.005, 0.06)),
            white=float(bad * rng.uniform(0, 0.05)),
            bias=float(rng.uniform(0.0, 0.06)), hip_on_thigh=some(0.5),
            score=float(rng.uniform(0.58, 0.96)), swaps=some(16),
            far=str(rng.choice(["exact", "exact", "near", "near", "missing", "wild", "wild"])),
            always_swapped=bool(rng.random() < 0.03), head_lost=some(12, 0.2), wander=some(10),
            flicker=some(0.3, 0.85),
            lost=str(rng.choice(["missing", "edge", "edge"])),
            stolen=some(10, 0.35), nonsense=some(8), nobody=some(8), other=some(2.5, 0.3),
        )  # fmt: skip


def seen_by_network(
    view: View, rng: np.random.Generator, flaws: Flaws
) -> tuple[np.ndarray, np.ndarray]:
    """COCO keypoints (n, 17, 2) px and scores (n, 17); 0 is a missing keypoint."""
    xy, torso = view.xy.copy(), view.torso_px[:, None, None]
    score = _scores(view, rng, flaws)
    xy += rng.normal(0, flaws.bias, (17, 2)) * torso * np.where(np.arange(17) < 5, 0.4, 1)[:, None]
    pull = flaws.hip_on_thigh * np.clip(1 + _noise(rng, view, 0.7, (1, 1)), 0, 1.5)
    xy[:, [11, 12]] += pull * (xy[:, [13, 14]] - xy[:, [11, 12]])
    _hidden_joints(xy, score, view, rng, flaws)
    xy += flaws.smooth * torso * _loose(score) * _noise(rng, view, view.rate_hz / 3, (17, 2))
    xy += flaws.white * torso * _loose(score) * rng.standard_normal(xy.shape)
    _wandering(xy, score, view, rng, flaws)
    _flickering(xy, score, view, rng, flaws)
    _outside(xy, score, view, rng, flaws)
    for first, last in stretches(rng, view.t_s, flaws.head_lost, (0.2, 4)):
        score[first:last, HEAD] = 0
    swap = [(0, len(xy))] if flaws.always_swapped else []
    for first, last in [*stretches(rng, view.t_s, flaws.swaps, (0.05, 2.5)), *swap]:
        joints = (np.arange(17), ARMS, LEGS)[int(rng.choice([0, 0, 1, 2]))]
        xy[first:last, joints] = xy[first:last, LEFT_RIGHT[joints]]
        score[first:last, joints] = score[first:last, LEFT_RIGHT[joints]]
    _whole_body(xy, score, view, rng, flaws)
    score[score < FEWEST] = 0
    xy[score == 0] = 0
    return xy, score


def stretches(
    rng: np.random.Generator, t_s: np.ndarray, a_minute: float, seconds: tuple[float, float]
) -> list[tuple[int, int]]:
    """Random stretches of pictures: first and one after the last, at least one picture long."""
    out: list[tuple[int, int]] = []
    for _ in range(rng.poisson(a_minute * (t_s[-1] - t_s[0]) / 60)):
        start = rng.uniform(t_s[0], t_s[-1])
        low, high = np.log(seconds)
        end = start + np.exp(rng.uniform(low, high))
        first = int(np.searchsorted(t_s, start))
        out.append((first, max(first + 1, int(np.searchsorted(t_s, end)))))
    return out


def _scores(view: View, rng: np.random.Generator, flaws: Flaws) -> np.ndarray:
    """Scores that fall with difficulty: hidden, quick, small, at the edge of the body."""
    n = len(view.t_s)
    score = flaws.score + EASE + rng.normal(0, 0.05, 17) + 0.07 * _noise(rng, view, 0.8, (17,))
    score = score + rng.normal(0, 0.03, (n, 17))
    step = np.linalg.norm(np.diff(view.xy, axis=0, prepend=view.xy[:1]), axis=-1)
    score = score - 0.25 * np.clip(step / view.torso_px[:, None] - 0.1, 0, 1)
    score = score * np.clip(0.5 + view.torso_px[:, None] / 60, 0.4, 1)
    return np.asarray(np.clip(score, 0.12, 0.97) * np.where(view.hidden, rng.uniform(0.2, 0.6), 1))


def _hidden_joints(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator, flaws: Flaws
) -> None:
    torso, hidden = view.torso_px[:, None, None], view.hidden
    if flaws.far == "missing":
        gone = rng.uniform(0.3, 1)
        score[hidden & (_noise(rng, view, 0.6, (17,)) < 2 * gone - 1)] = 0
    elif flaws.far == "near":
        near = xy[:, LEFT_RIGHT]
        part = np.clip(rng.uniform(0.5, 1) + 0.2 * _noise(rng, view, 1.0, (17, 1)), 0, 1)
        xy[hidden] += (part * (near - xy))[hidden]
    elif flaws.far == "wild":
        xy[hidden] += (rng.uniform(0.05, 0.25) * torso * _noise(rng, view, 2.0, (17, 2)))[hidden]


def _wandering(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator, flaws: Flaws
) -> None:
    """Ends of limbs that drift off for a moment, or lie on another person's."""
    for first, last in stretches(rng, view.t_s, flaws.wander, (0.2, 1.2)):
        tip = list(TIPS[int(rng.integers(len(TIPS)))])
        there_and_back = np.sin(np.linspace(0, np.pi, last - first))[:, None]
        way = rng.normal(0, 0.45, 2) * view.torso_px[first:last, None]
        xy[first:last, tip] += (there_and_back * way)[:, None]
        score[first:last, tip] *= rng.uniform(0.3, 0.9)
    for first, last in stretches(rng, view.t_s, flaws.stolen, (0.1, 4)):
        tip = list(TIPS[int(rng.integers(len(TIPS)))])
        place = xy[min(first, len(xy) - 1), tip] + rng.normal(0, 1.0, 2) * view.torso_px[0]
        xy[first:last, tip] = (
            place + rng.normal(0, 0.02, (last - first, 1, 2))[: len(xy) - first] * view.torso_px[0]
        )
        score[first:last, tip] *= rng.uniform(0.5, 1.0)


def _flickering(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator, flaws: Flaws
) -> None:
    """Ends of limbs that jump to the other side's or anywhere for single pictures."""
    doubt = 3 * np.clip(_noise(rng, view, 0.5, (17,)), 0, 2) + 2.0 * view.hidden
    jumps = rng.random(score.shape) < flaws.flicker * ENDS * doubt
    away = rng.normal(0, 0.4, (*score.shape, 2)) * view.torso_px[:, None, None]
    to_other = (rng.random(score.shape) < 0.4)[..., None]
    moved = np.where(to_other, xy[:, LEFT_RIGHT] + 0.1 * away, xy + away)
    xy[jumps] = moved[jumps]
    score[jumps] *= rng.uniform(0.3, 1.0, int(jumps.sum()))


def _outside(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator, flaws: Flaws
) -> None:
    """Joints outside the picture: missing, or a weak guess that jumps about inside its border."""
    if flaws.lost == "missing":
        score[view.outside] = 0
        return
    size, torso = np.array(view.size), view.torso_px[:, None, None]
    guess = xy + 0.2 * torso * _noise(rng, view, 3.0, (17, 2))
    inset = np.abs(rng.normal(0, 0.25, (*score.shape, 2))) * torso
    inside = np.clip(guess, np.minimum(inset, size / 3), size - 1 - np.minimum(inset, size / 3))
    xy[view.outside] = inside[view.outside]
    score[view.outside] *= rng.uniform(0.15, 0.55)


def _whole_body(
    xy: np.ndarray, score: np.ndarray, view: View, rng: np.random.Generator, flaws: Flaws
) -> None:
    """Single pictures of nonsense, pictures without anybody, and somebody else."""
    for first, last in stretches(rng, view.t_s, flaws.nonsense, (0.02, 0.15)):
        size = rng.uniform(0.2, 0.9) * view.torso_px[first:last, None, None]
        xy[first:last] += size * rng.standard_normal(xy[first:last].shape)
        score[first:last] *= rng.uniform(0.3, 0.8)
    for first, last in stretches(rng, view.t_s, flaws.nobody, (0.03, 2.0)):
        score[first:last] = 0
    for first, last in stretches(rng, view.t_s, flaws.other, (0.1, 3)):
        other = int(rng.integers(len(xy)))
        moved = rng.normal(0, 1.5, 2) * view.torso_px[0]
        still = rng.normal(0, 0.02, (last - first, 17, 2)) * view.torso_px[0]
        xy[first:last], score[first:last] = xy[other] + moved + still, score[other]


def _loose(score: np.ndarray) -> np.ndarray:
    """Errors grow as scores fall: (n, 17, 1), 1 for a joint in plain view."""
    return np.asarray((np.clip(1.9 - 1.1 * score, 0.8, 2.0) * LOOSE)[..., None])


def _noise(
    rng: np.random.Generator, view: View, speed_hz: float, shape: tuple[int, ...]
) -> np.ndarray:
    """Noise of variance 1 over the pictures' times, changing `speed_hz` times a second."""
    knots = rng.standard_normal((int(view.t_s[-1] * speed_hz) + 3, *shape))
    at = view.t_s * speed_hz
    low = at.astype(int)
    part = (at - low).reshape(-1, *[1] * len(shape))
    mixed = (1 - part) * knots[low] + part * knots[low + 1]
    return np.asarray(mixed / np.sqrt((1 - part) ** 2 + part**2))
