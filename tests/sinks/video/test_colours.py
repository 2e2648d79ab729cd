"""The colours of the video, seen by people who lack one kind of cone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from edge_app.sinks.video.colours import (
    ANGLE,
    BAD,
    DARK,
    GOOD,
    INK,
    LEFT,
    MIDDLE,
    PALE,
    RIGHT,
    Colour,
)

# Machado, Oliveira and Fernandes (2009), severity 1, of linear RGB.
SEEN_BY = {
    "everybody else": np.eye(3),
    "a protanope": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                             [-0.003882, -0.048116, 1.051998]]),
    "a deuteranope": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                               [-0.011820, 0.042940, 0.968881]]),
}  # fmt: skip
APART = 25.0  # CIE 1976; one step is what a trained eye sees in a laboratory


def linear(colour: Colour) -> np.ndarray:
    share = np.array(colour[::-1]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(colour: Colour, cones: np.ndarray) -> np.ndarray:
    seen = np.clip(cones @ linear(colour), 0, 1)
    shown = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    found: np.ndarray = cv2.cvtColor(shown.astype(np.float32)[None, None], cv2.COLOR_RGB2Lab)[0, 0]
    return found


@pytest.mark.parametrize("who", SEEN_BY)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(LEFT, RIGHT, id="sides"),
        pytest.param(GOOD, BAD, id="verdicts"),
        pytest.param(ANGLE, MIDDLE, id="angle on the trunk"),
        pytest.param(ANGLE, RIGHT, id="angle on a limb"),
        pytest.param(LEFT, DARK, id="a limb's rim"),
        pytest.param(BAD, DARK, id="a mark on a card"),
    ],
)
def test_colours_side_by_side_are_told_apart(who: str, one: Colour, other: Colour) -> None:
    cones = SEEN_BY[who]
    assert np.linalg.norm(lab(one, cones) - lab(other, cones)) > APART


@pytest.mark.parametrize("ink", [INK, PALE])
def test_text_on_a_card_has_the_contrast_of_wcag_aaa(ink: Colour) -> None:
    bright, dark = (linear(c) @ (0.2126, 0.7152, 0.0722) for c in (ink, DARK))
    assert (bright + 0.05) / (dark + 0.05) >= 7
