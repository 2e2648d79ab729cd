"""The counting signal of the last seconds with its two thresholds, as a band across the picture."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import cv2
import numpy as np

from edge_app.exercise.rep import Signal, Thresholds
from edge_app.sinks.video.colours import BAD, GOOD, INK, PALE
from edge_app.sinks.video.skeleton import FINE, dot
from edge_app.sinks.video.tile import text_tile

SPAN_S = 10.0  # time span of the band
GAP_S = 0.5  # values further apart than this are not joined
LOWEST, HIGHEST = -0.25, 1.1  # least range of progress in the band
DIM = 0.3  # share of the picture's brightness under the band
ENOUGH, BACK = "far enough", "back"


class Mark(NamedTuple):
    """A repetition's mark on the curve, at its turning point."""

    t_s: float
    counted: bool


class Scale(NamedTuple):
    """From times and progress to pixels of the band."""

    now_s: float
    width: int
    height: int
    highest: float

    def x(self, t_s: np.ndarray) -> np.ndarray:
        return self.width * (1 - (self.now_s - t_s) / SPAN_S)

    def y(self, progress: np.ndarray) -> np.ndarray:
        within: np.ndarray = np.maximum(progress, LOWEST + 0.05)
        return self.height * (1 - (within - LOWEST) / (self.highest - LOWEST))


class Curve:
    """Keeps and draws the values, and the turning points of repetitions."""

    def __init__(self) -> None:
        self._values: deque[tuple[float, float]] = deque()  # time and progress, if known
        self._marks: deque[Mark] = deque()
        self._now_s = 0.0
        self._levels: Thresholds | None = None

    def add(self, t_s: float, signal: Signal) -> None:
        """Adds the signal of a frame."""
        self._now_s, self._levels = t_s, signal.thresholds
        if math.isfinite(signal.progress):
            self._values.append((t_s, signal.progress))
        while self._values and self._values[0][0] < t_s - SPAN_S:
            self._values.popleft()
        while self._marks and self._marks[0].t_s < t_s - SPAN_S:
            self._marks.popleft()

    def mark(self, t_s: float, counted: bool) -> None:
        """Adds a repetition that turned at `t_s`."""
        self._marks.append(Mark(t_s, counted))

    def draw(self, band: np.ndarray) -> None:
        """Draws onto a part of a BGR picture, in place, with the levels' names in a left column."""
        cv2.convertScaleAbs(band, band, DIM)
        height, width = band.shape[:2]
        values = np.array(self._values, np.float64).reshape(-1, 2)
        highest = max(HIGHEST, 1.1 * float(values[:, 1].max(initial=0.0)))
        column = _column_px(height)
        scale = Scale(self._now_s, width - column, height, highest)
        if self._levels is not None:
            _draw_levels(band, column, scale, self._levels)
        self._draw_values(band[:, column:], scale, values)

    def _draw_values(self, plot: np.ndarray, scale: Scale, values: np.ndarray) -> None:
        thick = max(2, round(scale.height / 32))
        places = np.stack([scale.x(values[:, 0]), scale.y(values[:, 1])], axis=1)
        breaks = np.flatnonzero(np.diff(values[:, 0]) > GAP_S) + 1
        for run in np.split(np.round(places * 2**FINE).astype(np.int32), breaks):
            cv2.polylines(plot, [run], False, INK, thick, cv2.LINE_AA, FINE)
        for mark in self._marks if len(values) else ():
            x, y = places[np.abs(values[:, 0] - mark.t_s).argmin()].tolist()
            dot(plot, (x, y), 2.6 * thick, INK)
            dot(plot, (x, y), 1.9 * thick, GOOD if mark.counted else BAD)


def _draw_levels(band: np.ndarray, left: int, scale: Scale, levels: Thresholds) -> None:
    """Both thresholds, each with its name in front: above the upper, below the lower."""
    for level, name, above in ((levels.reached, ENOUGH, True), (levels.returned, BACK, False)):
        if not math.isfinite(level):
            continue
        y = round(float(scale.y(np.array(level))))
        cv2.line(band, (left, y), (band.shape[1], y), PALE, max(1, scale.height // 90))
        label = text_tile(name, _label_px(scale.height), PALE, False)
        half = label.size[1] // 2
        label.lay(band, left // 10, y - half - (half if above else -half))


def _column_px(height: int) -> int:
    """Width of the longest name and its margins."""
    return round(1.25 * text_tile(ENOUGH, _label_px(height), PALE, False).size[0])


def _label_px(height: int) -> int:
    return max(10, height // 7)
