"""Colours (BGR) that are distinct for any colour vision, after Okabe and Ito (2008)."""

from __future__ import annotations

from typing import Tuple

Colour = Tuple[int, int, int]

LEFT: Colour = (0, 159, 230)  # orange
RIGHT: Colour = (233, 180, 86)  # sky blue
MIDDLE: Colour = (240, 240, 240)
ANGLE: Colour = (66, 228, 240)  # yellow
GOOD: Colour = (115, 158, 0)  # bluish green
BAD: Colour = (0, 94, 213)  # vermilion
INK: Colour = (255, 255, 255)
PALE: Colour = (205, 205, 205)
DARK: Colour = (32, 26, 22)  # outlines and cards
