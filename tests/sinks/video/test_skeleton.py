"""Limbs in their side's colour, and nothing where nobody is."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.sinks.video.colours import DARK, INK, LEFT, MIDDLE, RIGHT
from edge_app.sinks.video.skeleton import bones_of, draw_pose, points_of, thickness_px
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.sinks.video.making import sitting


def drawn(pose: Pose, scale: float = 1.0) -> np.ndarray:
    image = np.full((240, 320, 3), 128, np.uint8)
    draw_pose(image, pose, scale)
    return image


def has(image: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((image == colour).all(-1).any())


def test_sides_middle_rims_and_joints_have_their_colours() -> None:
    xy = np.random.default_rng(0).uniform(20, 220, (18, 2)).astype(np.float32)
    image = drawn(Pose(xy, np.full(18, 0.8, np.float32), 0.0))
    assert all(has(image, colour) for colour in (LEFT, RIGHT, MIDDLE, DARK, INK))


def test_what_is_not_seen_is_not_drawn() -> None:
    assert (drawn(Pose.nobody(0.0)) == 128).all()
    pose = sitting(2)
    for name, index in INDEX.items():
        if name.startswith("left"):
            pose.score[index] = 0.05
    image = drawn(pose)
    assert has(image, RIGHT) and not has(image, LEFT)


@pytest.mark.parametrize(("near", "far"), [("left", "right"), ("right", "left")])
def test_the_side_that_is_seen_better_lies_on_top(near: str, far: str) -> None:
    pose = sitting(2)
    for name, index in INDEX.items():
        pose.score[index] = 0.4 if name.startswith(far) else 0.8
        pose.xy[index] = pose.xy[INDEX[name.replace("left", "right")]]  # both at one place
    image = drawn(pose)
    counted = {side: (image == c).all(-1).sum() for side, c in (("left", LEFT), ("right", RIGHT))}
    assert counted[near] > 100 > counted[far]


def test_places_are_scaled_and_the_hips_have_a_middle() -> None:
    points = points_of(sitting(), 2.0)
    assert points["right_knee"] == (90.0, 120.0)
    assert points["hips"] == (174.0, 194.0)
    assert ((174.0, 194.0), points["neck"]) in bones_of(points)


@pytest.mark.parametrize(("scale", "height_px"), [(0.1, 720), (1.0, 720), (20.0, 720), (1.0, 64)])
def test_limbs_are_neither_hairs_nor_beams(scale: float, height_px: int) -> None:
    assert 2 <= thickness_px(points_of(sitting(), scale), height_px) <= max(2, height_px / 50)
