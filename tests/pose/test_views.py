"""What is recorded of the network's input, how views are chosen, and that faces go."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.pose.views import Look, ViewRecorder, blur_heads, choose, view_of
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.pose.people import draw, standing

NOISE = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)


class Drawn:
    """A backend that answers with drawn people."""

    input_hw = (256, 256)

    def __init__(self, *people: np.ndarray) -> None:
        self.answer = draw(list(people))

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.answer


def seen(*people: np.ndarray) -> Look:
    recorder = ViewRecorder(Drawn(*people))
    view = letterbox((256, 256), (256, 256))
    recorder.infer(preprocess(NOISE, view, (256, 256)))
    return recorder.looks[-1]


def test_the_recorded_picture_is_what_the_network_saw() -> None:
    np.testing.assert_array_equal(seen().picture(), NOISE)


@pytest.mark.parametrize("turn_deg", [0, 90, 180])
def test_every_head_is_blurred_and_little_else(turn_deg: float) -> None:
    people = [standing(70, 128, 0.8, turn_deg), standing(190, 128, 0.6, turn_deg)]
    blurred = blur_heads(NOISE, seen(*people))
    changed = (blurred != NOISE).any(2)
    for xy in people:
        for joint in ("nose", "right_eye", "left_eye", "right_ear", "left_ear"):
            x, y = np.rint(xy[INDEX[joint]]).astype(int)
            assert changed[y - 2 : y + 3, x - 2 : x + 3].mean() > 0.9
        x, y = np.rint(xy[INDEX["right_knee"]]).astype(int)
        assert not changed[y - 4 : y + 5, x - 4 : x + 5].any()
    # What is left of a head is a few patches: noise of a standard deviation of 74 is gone.
    assert blurred[changed].std() < 25
    assert changed.mean() < 0.1


def test_a_head_without_a_body_is_blurred_too() -> None:
    look = seen(standing(128, 128))
    look.pafs = np.zeros_like(look.pafs)  # no limb joins anything: nobody is decoded
    assert not look.people()
    x, y = np.rint(standing(128, 128)[INDEX["nose"]]).astype(int)
    assert (blur_heads(NOISE, look)[y, x] != NOISE[y, x]).any()


def test_a_head_seen_from_behind_is_blurred_beyond_the_neck() -> None:
    look = seen(standing(128, 128))
    heads = [INDEX[n] for n in ("nose", "right_eye", "left_eye", "right_ear", "left_ear")]
    look.heatmaps[heads] = 0
    x, y = np.rint(standing(128, 128)[INDEX["nose"]]).astype(int)
    assert (blur_heads(NOISE, look)[y, x] != NOISE[y, x]).any()


def test_the_farthest_are_chosen_first() -> None:
    features = np.array([[0.0], [0.1], [0.2], [5.0], [-4.0], [5.0]])
    chosen = choose(features, 3)
    assert sorted(features[chosen].ravel()) == [-4.0, 0.2, 5.0]
    assert len(choose(features, 10)) == 5  # the second 5.0 shows nothing new
    assert choose(features[:0], 3) == []


@pytest.mark.parametrize(
    ("turn_deg", "scale", "brightness", "cell"),
    [
        (0, 1.0, 20, ("upright", "dark", "middle")),
        (90, 2.0, 120, ("lying", "medium", "near")),
        (-45, 0.5, 220, ("tilted", "bright", "far")),
        (180, 1.0, 120, ("upside down", "medium", "middle")),
    ],
)
def test_a_view_is_described(
    turn_deg: float, scale: float, brightness: int, cell: tuple[str, str, str]
) -> None:
    xy = standing(200, 200, scale, turn_deg).astype(np.float32)
    pose = Pose(xy, np.ones(18, np.float32), 0.0)
    picture = np.full((192, 192, 3), brightness, np.uint8)
    view = view_of(picture, pose, (400, 400), close=True)
    assert view.cell() == cell
    assert view.close and np.isfinite(view.features).all()


def test_views_of_one_posture_are_alike_however_it_lies() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)

    def posture(turn_deg: float) -> np.ndarray:
        pose = Pose(standing(0, 0, 1, turn_deg).astype(np.float32), np.ones(18, np.float32), 0)
        return view_of(picture, pose, (400, 400), True).features[6:]

    # Body size is the larger side of the box, which turns with it: a few per cent.
    np.testing.assert_allclose(posture(90), posture(0), atol=0.02)


def test_nobody_is_a_whole_frame() -> None:
    view = view_of(np.zeros((8, 8, 3), np.uint8), Pose.nobody(0.0), (400, 400), False)
    assert view.cell() == ("nobody", "dark", "whole frame")
    assert np.isfinite(view.features).all()
