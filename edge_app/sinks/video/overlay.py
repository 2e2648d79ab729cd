"""Draws the whole overlay on a frame."""

from __future__ import annotations

import cv2
import numpy as np

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.definition import Exercise
from edge_app.pipeline.update import Update
from edge_app.session.attempt import Verdict
from edge_app.sinks.video.angle import AngleFinder, draw_arc, draw_degrees, main_angle
from edge_app.sinks.video.card import count_card, said_of, verdict_card
from edge_app.sinks.video.curve import Curve
from edge_app.sinks.video.layout import Box, Layout
from edge_app.sinks.video.skeleton import bones_of, draw_pose, points_of, thickness_px
from edge_app.sinks.video.tile import Tile

LARGEST_SIDE_PX = 1280
VERDICT_S = 3.5  # how long a verdict stays, unless the next one comes earlier
BAND = 0.17  # of the picture's height, for the curve
CARD = 0.36  # of the picture's width, for a verdict; of the height if that is more


class Overlay:
    """Draws frame after frame of one attempt.

    Args:
        title: shown under the count.
        exercise: determines the angle to draw; None draws none.
    """

    def __init__(self, title: str, exercise: Exercise | None) -> None:
        self._title = title
        self._angle = AngleFinder(main_angle(exercise) if exercise else None)
        self._curve = Curve()
        self._thick = EnvelopeFollower(up_s=0.4, down_s=20.0)  # limbs that bend stay as thick
        self._layout: Layout | None = None
        self._verdict: Verdict | None = None
        self._since_s = 0.0
        self._rejected = 0

    def draw(self, update: Update) -> np.ndarray:
        """A copy of the frame with the overlay.

        Returns:
            A picture of at most 1280 pixels wide or high, both sides even, BGR.
        """
        pose = update.pose
        picture, scale = fitted(update.frame.image)
        points = points_of(pose, scale)
        for judged in update.judged:
            self._hear(pose.t_s, judged.verdict)
        if update.signal is not None:
            self._curve.add(pose.t_s, update.signal)
        height, width = picture.shape[:2]
        layout = self._layout = self._layout or Layout((width, height))
        layout.follow(pose.t_s, bones_of(points))
        band = layout.band(round(BAND * height))
        self._curve.draw(picture[band.top : band.bottom])
        thick = round(self._thick.update(thickness_px(points, height), pose.t_s))
        angle = self._angle.find(pose, points)
        if angle is not None:
            draw_arc(picture, angle, thick)
        draw_pose(picture, pose, scale, thick)
        if angle is not None:
            draw_degrees(picture, angle, thick)
        for card, box in self._cards(layout, pose.t_s, update.score, band, (width, height)):
            card.lay(picture, box.left, box.top)
        return picture

    def _hear(self, t_s: float, verdict: Verdict) -> None:
        self._verdict, self._since_s = verdict, t_s
        self._rejected += not verdict.counted
        self._curve.mark(verdict.rep.extreme_s, verdict.counted)

    def _cards(
        self, layout: Layout, t_s: float, count: int, band: Box, size: tuple[int, int]
    ) -> list[tuple[Tile, Box]]:
        """The cards for a picture of `size` (width, height), with their places."""
        width, height = size
        card = count_card(count, self._title, self._rejected, height)
        cards = [(card, layout.place("count", card.size, band, ()))]
        last = self._verdict
        if last is not None and t_s - self._since_s <= VERDICT_S:
            most = min(round(CARD * max(size)), width - 2 * (height // 45))
            card = verdict_card(last.rep.number, last.counted, said_of(last), height, most)
            cards.append((card, layout.place("verdict", card.size, band, [cards[0][1]])))
        return cards


def fitted(image: np.ndarray) -> tuple[np.ndarray, float]:
    """A copy with even sides of at most `LARGEST_SIDE_PX`, and its pixels per pixel of `image`."""
    height, width = image.shape[:2]
    scale = min(1.0, LARGEST_SIDE_PX / max(height, width))
    size = (max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2))
    if size == (width, height):
        return image.copy(), scale
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA), scale
