"""What is drawn, and that drawing leaves the frame alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_app.sinks.video import LEFT, RIGHT, Overlay, draw_pose, drawable
from edge_app.values import Frame, Pose
from tests.sinks.made import update


def pose(t_s: float = 0.0) -> Pose:
    xy = np.random.default_rng(0).uniform(20, 180, (18, 2)).astype(np.float32)
    return Pose(xy, np.full(18, 0.8, np.float32), t_s)


def test_sides_have_their_colours_and_missing_points_are_not_drawn() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    draw_pose(image, pose())
    for colour in (LEFT, RIGHT):
        assert (image == colour).all(-1).any()
    blank = np.zeros((200, 200, 3), np.uint8)
    draw_pose(blank, Pose.nobody(0.0))
    assert not blank.any()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("FitnessGram 90° push-up", "FitnessGram 90 push-up"),
        ("Kniebeuge für Große", "Kniebeuge fur Grosse"),
        ("élévation – «wall ball»", 'elevation - "wall ball"'),
    ],
)
def test_only_what_the_font_has_is_drawn(text: str, drawn: str) -> None:
    """OpenCV's fonts have ASCII alone and draw question marks for the rest."""
    assert drawable(text) == drawn


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [((200, 301, 3), (200, 300)), ((1080, 1920, 3), (720, 1280)), ((1921, 1081, 3), (1280, 720))],
)
def test_the_drawn_frame_is_even_and_not_too_large(shape: tuple, drawn: tuple) -> None:
    frame = Frame(np.full(shape, 90, np.uint8), 0.0, 0)
    seen = replace(update(pose()), frame=frame)
    image = Overlay("squat").draw(seen)
    assert image.shape[:2] == drawn
    assert (frame.image == 90).all()
