"""Keeps to one person, and says where to look in the next frame.

Nobody locked: the whole frame, upright and turned by ±90°, all three in the first frame and in one
that shows somebody, otherwise one look a frame; the best person is taken and looked at closely in
the same frame, since the whole frame shows them coarsely. Locked: a square around the last pose,
turned so that the torso stands upright (design decision 14), so that a small input sees a distant
or lying student large and upright. A pose that is doubted (`doubt.py`) has the same frame looked at
once more.
"""

from __future__ import annotations

from typing import Callable, NamedTuple

import numpy as np

from edge_app.pose.person import FEWEST_KEYPOINTS, MARGIN, Person, close_look, framing, similarity
from edge_app.pose.preprocess import Transform, letterbox
from edge_app.pose.recheck import Recheck

SEARCH_TURNS_DEG = (0.0, 90.0, -90.0)
SHRINK_PER_S = 0.3  # the square may lose this share of its side a second
WHOLE_BODY = 12  # keypoints; while fewer are found the square does not shrink
SURE_CLOSELY = 6.0  # summed score of the keypoints in the first close look, where more is seen
NOBODY_S = 0.5  # after a close look has shown that nobody is there, until the next one
LOST_AFTER_S = 0.6
COMES_BACK_S = 10.0  # for so long whoever is at the same place is taken for the same person
LOOK_AROUND_S = 1.0  # a weak pose is checked against the whole frame this often
WEAK = 4.0  # summed score of the keypoints below which a pose is weak
FAR_BETTER = 1.5  # times as prominent: what the whole frame must show to move the lock
SAME_PERSON = 0.15  # lowest similarity to the last pose


class Zone(NamedTuple):
    """A rectangle of the picture, in shares of its width and height: who is outside is not seen."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def holds(self, person: Person, frame_hw: tuple[int, int]) -> bool:
        """Whether the middle of the person's keypoints is inside."""
        (x, y), (height, width) = person.centre, frame_hw
        return self.left <= x / width < self.right and self.top <= y / height < self.bottom


def anybody(person: Person) -> float:
    """No person suits better than another."""
    return 1.0


class PersonTracker:
    """State of the search for, and the hold on, one person.

    Args:
        input_hw: of the network.
        zone: where the person must be to be taken and kept.
        suits: how well a person suits what is to be counted, 0 to 1; the one who lies on the mat
            for sit-ups and not the one who kneels at the feet.
    """

    def __init__(
        self,
        input_hw: tuple[int, int],
        zone: Zone | None = None,
        suits: Callable[[Person], float] = anybody,
    ) -> None:
        self._input_hw = input_hw
        self._zone = zone or Zone()
        self._suits = suits
        self._frame_hw = (1, 1)
        self._left: Person | None = None  # who was held last, while they may come back
        self._person: Person | None = None
        self._seen_s = 0.0
        self._looked_s = 0.0
        self._side_px = 0.0
        self._turn_deg = 0.0
        self._searched = 0  # looks of this round so far
        self._candidates: list[tuple[float, Person]] = []
        self._thorough = True  # this round is made in one frame, whether it sees somebody or not
        self._found = False  # by the last look, which was a search
        self._whole = True
        self._refused_s = -np.inf  # when a close look showed that nobody had been found
        self._doubt = Recheck()

    @property
    def body_px(self) -> float:
        """Size of the locked body: the side of the square, without its margin."""
        return max(self._side_px / MARGIN, 1.0)

    @property
    def person(self) -> Person | None:
        """The last pose of the person that is held, in frame pixels; None if nobody is."""
        return self._person

    @property
    def look_again(self) -> bool:
        """Whether the same frame must be looked at once more: a round is open, or just closed."""
        started = self._searched > 0 and (self._thorough or bool(self._candidates))
        return self._found or started or self._doubt.pending

    def view(self, frame_hw: tuple[int, int], t_s: float) -> Transform:
        """Where to look in the frame taken at `t_s`."""
        self._frame_hw = frame_hw
        person = self._person
        if person is None:
            self._whole = True
            turn = SEARCH_TURNS_DEG[self._searched]
            return letterbox(frame_hw, self._input_hw, turn)
        level_deg = 90.0 * round(self._turn_deg / 90.0)
        if self._doubt.pending:
            return close_look(person, self._doubt.side_px, level_deg, self._input_hw)
        weak = person.score.sum() < WEAK
        self._whole = bool(weak and t_s - self._looked_s >= LOOK_AROUND_S)
        if self._whole:
            self._looked_s = t_s
            return letterbox(frame_hw, self._input_hw, level_deg)
        return close_look(person, self._side_px, self._turn_deg, self._input_hw)

    def update(self, people: list[Person], t_s: float) -> Person | None:
        """Takes what was decoded in the last view; returns the locked person's pose, if seen."""
        people = [p for p in people if p.found.sum() >= FEWEST_KEYPOINTS]
        people = [p for p in people if self._zone.holds(p, self._frame_hw)]
        last = self._person
        if last is None:
            return self._search([p for p in people if p.worth_locking], t_s)
        first, self._found = self._found, False
        if first and all(p.score.sum() < SURE_CLOSELY for p in people):
            self._person, self._refused_s = None, t_s
            return None
        seen = self._recognised(people, last)
        if self._doubt.pending:
            seen = self._doubt.settle(seen)
        elif not self._whole and self._doubt.raised_by(seen):
            return None
        if seen is not None:
            return self._hold(seen, t_s)
        if t_s - self._seen_s > LOST_AFTER_S:
            self._person, self._left, self._thorough = None, last, True
        return None

    def _recognised(self, people: list[Person], last: Person) -> Person | None:
        """Who of those seen is held: the one most like the last pose, or a far better one."""
        alike = [similarity(p, last, self.body_px) for p in people]
        likely = [a * p.score.sum() if a >= SAME_PERSON else 0.0 for a, p in zip(alike, people)]
        best = max(people, key=_prominence, default=None)
        if self._whole and best is not None and _prominence(best) > FAR_BETTER * _prominence(last):
            return best
        return people[int(np.argmax(likely))] if any(likely) else None

    def _search(self, people: list[Person], t_s: float) -> Person | None:
        if t_s - self._refused_s < NOBODY_S:
            people = []
        self._candidates += [(self._claim(p, t_s), p) for p in people]
        self._searched += 1
        if self._searched < len(SEARCH_TURNS_DEG):
            return None
        candidates, self._candidates = self._candidates, []
        self._searched, self._thorough = 0, False
        if not candidates:
            return None
        self._found = True
        best = max(candidates, key=lambda c: c[0])[1]
        self._side_px, self._turn_deg, self._looked_s = 0.0, 0.0, t_s
        self._doubt = Recheck()
        self._seen_s = t_s
        return self._hold(best, t_s)

    def _claim(self, person: Person, t_s: float) -> float:
        """Who is prominent, suits, and is where somebody was lost a moment ago, is taken."""
        claim = _prominence(person) * (0.3 + 0.7 * self._suits(person))
        if self._left is None or t_s - self._seen_s > COMES_BACK_S:
            return claim
        off = np.hypot(*np.subtract(person.centre, self._left.centre))
        return claim * float(0.3 + 0.7 * np.exp(-((off / max(self.body_px, 1.0)) ** 2)))

    def _hold(self, person: Person, t_s: float) -> Person:
        side, turn_deg = framing(person)
        if turn_deg is not None:
            self._turn_deg = turn_deg
        shrink = SHRINK_PER_S if person.found.sum() >= WHOLE_BODY else 0.0
        kept = self._side_px * (1 - shrink) ** (t_s - self._seen_s)
        self._side_px = max(side, kept)
        self._person, self._seen_s = person, t_s
        if not self._found:  # a search shows people coarsely, and their scores are other ones
            self._doubt.believe(person, self._side_px, t_s)
        return person


def _prominence(person: Person) -> float:
    """Large and sure people first."""
    return float(person.score.sum() * np.sqrt(person.extent_px))
