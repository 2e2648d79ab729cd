"""Places cards and the band where they hide nobody."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence

import cv2
import numpy as np

from edge_app.sinks.video.skeleton import Point

REMEMBERED_S = 4.0  # a repetition: the person returns to earlier places
CELLS = 64  # longer side of the grid that remembers them, in cells
BODY = 4  # in cells: width of the body around its bones
BETTER = 0.02  # of the card's area: how much less another corner must hide before a card moves
CORNERS = ("left", "top"), ("right", "top"), ("left", "bottom"), ("right", "bottom")
LONG_AGO = -1e9


class Box(NamedTuple):
    """A rectangle in pixels, without its right and bottom edge."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def meets(self, other: Box) -> bool:
        """Whether two boxes share a pixel."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Layout:
    """Remembers where the person was and where each card is, so that cards stay in place.

    Args:
        size: width and height of the pictures.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._cell_px = max(size) / CELLS
        rows, columns = (max(1, round(side / self._cell_px)) for side in size[::-1])
        self._last_s = np.full((rows, columns), LONG_AGO)
        self._taken = np.zeros((rows, columns), bool)
        self._corner: dict[str, tuple[str, str]] = {}
        self._band = "bottom"

    def follow(self, t_s: float, bones: Iterable[tuple[Point, Point]]) -> None:
        """Adds the person of a frame, as the ends of their bones in pixels."""
        now = np.zeros(self._taken.shape, np.uint8)
        for start, end in bones:
            (x0, y0), (x1, y1) = (
                (round(x / self._cell_px), round(y / self._cell_px)) for x, y in (start, end)
            )
            cv2.line(now, (x0, y0), (x1, y1), 1, BODY)
        self._last_s[now > 0] = t_s
        self._taken = self._last_s > t_s - REMEMBERED_S

    def hidden(self, box: Box) -> float:
        """Area of a box where the person has been recently, in square pixels."""
        left, top, right, bottom = (round(v / self._cell_px) for v in box)
        return float(self._taken[max(0, top) : bottom, max(0, left) : right].sum()) * (
            self._cell_px**2
        )

    def band(self, height_px: int) -> Box:
        """The band at the bottom of the picture, or at the top if that hides less of the person."""
        width, height = self._size
        boxes = {
            "bottom": Box(0, height - height_px, width, height),
            "top": Box(0, 0, width, height_px),
        }
        other = "top" if self._band == "bottom" else "bottom"
        saved = self.hidden(boxes[self._band]) - self.hidden(boxes[other])
        if saved > BETTER * boxes[other].area:
            self._band = other
        return boxes[self._band]

    def place(self, name: str, card: tuple[int, int], band: Box, others: Sequence[Box]) -> Box:
        """The corner where a card hides least of the person; it moves only for a better one.

        Args:
            name: the same for the same kind of card.
            card: its width and height.
            band: which the card must not cover.
            others: cards that it must not cover.
        """
        boxes = {corner: self._box(corner, card, band) for corner in CORNERS}
        free = [c for c in CORNERS if not any(boxes[c].meets(box) for box in others)] or CORNERS
        lost = {corner: self.hidden(boxes[corner]) for corner in free}
        best = min(free, key=lambda corner: lost[corner])
        own = self._corner.get(name, best)
        if own not in lost or lost[own] > lost[best] + BETTER * boxes[own].area:
            own = best
        self._corner[name] = own
        return boxes[own]

    def _box(self, corner: tuple[str, str], card: tuple[int, int], band: Box) -> Box:
        """A card in a corner, with a margin to the edge and the band."""
        width, height = self._size
        margin = max(2, height // 45)
        top = margin + (band.bottom if band.top <= 0 else 0)
        bottom = (height if band.top <= 0 else band.top) - margin
        left = margin if corner[0] == "left" else width - margin - card[0]
        start = top if corner[1] == "top" else bottom - card[1]
        return Box(left, start, left + card[0], start + card[1])
