"""Where cards and the band go, so that they hide nobody."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence

import cv2
import numpy as np

from edge_app.sinks.video.skeleton import Point

REMEMBERED_S = 4.0  # a repetition: where the person has been, they will be again
CELLS = 64  # the longer side of the grid that remembers it
BODY = 4  # cells: as wide a body is drawn around its bones
BETTER = 0.02  # of the own area: so much less must be hidden elsewhere before a card moves
CORNERS = ("left", "top"), ("right", "top"), ("left", "bottom"), ("right", "bottom")
LONG_AGO = -1e9


class Box(NamedTuple):
    """A rectangle in pixels; right and bottom are not part of it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)

    def meets(self, other: Box) -> bool:
        """Whether they have a pixel in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Layout:
    """Remembers where the person was and where each thing is, so that nothing hops about.

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
        """The person of a frame, by the ends of their bones in pixels."""
        now = np.zeros(self._taken.shape, np.uint8)
        for start, end in bones:
            (x0, y0), (x1, y1) = (
                (round(x / self._cell_px), round(y / self._cell_px)) for x, y in (start, end)
            )
            cv2.line(now, (x0, y0), (x1, y1), 1, BODY)
        self._last_s[now > 0] = t_s
        self._taken = self._last_s > t_s - REMEMBERED_S

    def hidden(self, box: Box) -> float:
        """How much of where the person has been lately lies in a box, square pixels."""
        left, top, right, bottom = (round(v / self._cell_px) for v in box)
        return float(self._taken[max(0, top) : bottom, max(0, left) : right].sum()) * (
            self._cell_px**2
        )

    def band(self, height_px: int) -> Box:
        """Across the bottom of the picture, or its top if that hides less of the person."""
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
            band: it stays off.
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
        """A card in a corner, off the edge and the band by a margin."""
        width, height = self._size
        margin = max(2, height // 45)
        top = margin + (band.bottom if band.top <= 0 else 0)
        bottom = (height if band.top <= 0 else band.top) - margin
        left = margin if corner[0] == "left" else width - margin - card[0]
        start = top if corner[1] == "top" else bottom - card[1]
        return Box(left, start, left + card[0], start + card[1])
