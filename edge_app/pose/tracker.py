"""Tracks one person, and decides where to look in the next frame.

    Searching ──somebody──> Confirming ──yes──> Tracking <──either way──> Rechecking
        ^                       │ no               │ unseen for LOST_AFTER_S
        └───────────────────────┴──────────────────┘

Searching: the whole frame, upright and turned by ±90°; all three in the first frame and in one that
shows somebody, otherwise one look per frame. A close look at the best person follows in the same
frame, since the whole frame shows them coarsely. Tracking: a square around the last pose, turned so
that the torso is upright (design decision 14), so that a small input sees a distant or lying
student large and upright. Rechecking: after a pose much weaker than usual, a second look at the
same frame (`edge_app.pose.recheck`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, NamedTuple

import numpy as np

from edge_app.pose.person import FEWEST_KEYPOINTS, Person, close_look, similarity
from edge_app.pose.preprocess import Transform, letterbox
from edge_app.pose.recheck import better
from edge_app.pose.target import (
    Candidate,
    Confirming,
    LastTarget,
    Rechecking,
    Searching,
    State,
    Target,
    Tracking,
)

SEARCH_TURNS_DEG = (0.0, 90.0, -90.0)
SURE_CLOSELY = 6.0  # least summed score of the keypoints in the first close look, which sees more
NOBODY_S = 0.5  # from a close look that found nobody to the next one
LOST_AFTER_S = 0.6
COMES_BACK_S = 10.0  # for this long, a person at the same place counts as the same
FAR_BETTER = 1.5  # times as prominent: what another person must be to become the target
SAME_PERSON = 0.15  # lowest similarity to the last pose


class Zone(NamedTuple):
    """A rectangle of the picture, in fractions of its size; people outside are ignored."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def holds(self, person: Person, frame_hw: tuple[int, int]) -> bool:
        """Whether the middle of the person's keypoints is inside."""
        (x, y), (height, width) = person.centre, frame_hw
        return self.left <= x / width < self.right and self.top <= y / height < self.bottom


def anybody(person: Person) -> float:
    """The posture fit while the exercise is unknown: 1 for everybody."""
    return 1.0


class PersonTracker:
    """Finds one person and tracks them: for each frame call `view`, then `update`.

    Args:
        input_hw: height and width of the network's input in pixels.
        zone: where the person must be to be tracked.
        posture_fit: how well a posture fits the exercise, 0 to 1: for sit-ups, the person who
            lies on the mat, not the one who kneels at the feet.
    """

    def __init__(
        self,
        input_hw: tuple[int, int],
        zone: Zone | None = None,
        posture_fit: Callable[[Person], float] = anybody,
    ) -> None:
        self._input_hw = input_hw
        self._zone = zone or Zone()
        self._posture_fit = posture_fit
        self._state: State = Searching(thorough=True)

    @property
    def person(self) -> Person | None:
        """The last pose of the tracked person, in frame pixels; None if nobody is tracked."""
        state = self._state
        return None if isinstance(state, Searching) else state.target.person

    @property
    def body_px(self) -> float:
        """Size of the tracked body in frame pixels; 1 if nobody is tracked."""
        state = self._state
        return 1.0 if isinstance(state, Searching) else state.target.body_px

    @property
    def look_again(self) -> bool:
        """Whether the same frame needs another look."""
        return self._state.look_again

    def view(self, frame_hw: tuple[int, int], t_s: float) -> Transform:
        """Where to look in the frame taken at `t_s`; changes nothing."""
        state = self._state
        if isinstance(state, Searching):
            return letterbox(frame_hw, self._input_hw, SEARCH_TURNS_DEG[state.looks])
        target = state.target
        if isinstance(state, Rechecking):
            side_px = target.recheck.side_px
            return close_look(target.person, side_px, target.level_deg, self._input_hw)
        if target.needs_look_around(t_s):
            return letterbox(frame_hw, self._input_hw, target.level_deg)
        return close_look(target.person, target.side_px, target.turn_deg, self._input_hw)

    def update(self, people: list[Person], frame_hw: tuple[int, int], t_s: float) -> Person | None:
        """Updates the state with the result of this frame's view.

        Args:
            people: decoded in the view, in frame pixels.
            frame_hw: as given to `view`.
            t_s: as given to `view`.

        Returns:
            The tracked person's pose; None if they are not seen or the frame needs another look.
        """
        people = [p for p in people if p.found.sum() >= FEWEST_KEYPOINTS]
        people = [p for p in people if self._zone.holds(p, frame_hw)]
        state = self._state
        if isinstance(state, Searching):
            return self._search(state, [p for p in people if p.worth_tracking], t_s)
        if isinstance(state, Confirming) and all(p.score.sum() < SURE_CLOSELY for p in people):
            self._state = _refused(state, t_s)
            return None
        return self._track(state, people, t_s)

    def _search(self, state: Searching, people: list[Person], t_s: float) -> Person | None:
        if t_s - state.refused_s < NOBODY_S:
            people = []
        added = tuple(Candidate(self._claim(p, state.last, t_s), p) for p in people)
        candidates, looks = state.candidates + added, state.looks + 1
        if looks < len(SEARCH_TURNS_DEG):
            self._state = replace(state, looks=looks, candidates=candidates)
            return None
        if not candidates:
            self._state = replace(state, looks=0, thorough=False)
            return None
        best = max(candidates, key=lambda c: c.claim).person
        self._state = Confirming(Target.found(best, t_s), state.last)
        return best

    def _claim(self, person: Person, last: LastTarget | None, t_s: float) -> float:
        """High for a large, well-seen person in a fitting posture, near where one was just lost."""
        claim = _prominence(person) * (0.3 + 0.7 * self._posture_fit(person))
        if last is None or t_s - last.seen_s > COMES_BACK_S:
            return claim
        off = np.hypot(*np.subtract(person.centre, last.person.centre))
        return claim * float(0.3 + 0.7 * np.exp(-((off / last.body_px) ** 2)))

    def _track(
        self, state: Confirming | Tracking | Rechecking, people: list[Person], t_s: float
    ) -> Person | None:
        target = state.target
        around = not isinstance(state, Rechecking) and target.needs_look_around(t_s)
        seen = _recognised(people, target, around)
        if isinstance(state, Rechecking):
            seen = better(state.first, seen)
        elif not around and target.recheck.needed(seen):
            self._state = Rechecking(target, seen)
            return None
        if around:
            target.looked_around_s = t_s
        self._state = Tracking(target)
        if seen is not None:
            target.move_to(seen, t_s)
        elif t_s - target.seen_s > LOST_AFTER_S:
            last = LastTarget(target.person, target.seen_s, target.body_px)
            self._state = Searching(thorough=True, last=last)
        return seen


def _refused(state: Confirming, t_s: float) -> Searching:
    """Nobody is tracked. The person lost before may come back for COMES_BACK_S from now."""
    last, target = state.last, state.target
    if last is not None:
        last = last._replace(seen_s=target.seen_s, body_px=target.body_px)
    return Searching(thorough=False, last=last, refused_s=t_s)


def _recognised(people: list[Person], target: Target, around: bool) -> Person | None:
    """Which of the people seen is the tracked one: the most similar to the last pose.

    A look at the whole frame may switch to another person who is far more prominent.
    """
    last = target.person
    alike = [similarity(p, last, target.body_px) for p in people]
    likely = [a * p.score.sum() if a >= SAME_PERSON else 0.0 for a, p in zip(alike, people)]
    if around and people:
        best = max(people, key=_prominence)
        if _prominence(best) > FAR_BETTER * _prominence(last):
            return best
    return people[int(np.argmax(likely))] if any(likely) else None


def _prominence(person: Person) -> float:
    """High for large people with high scores."""
    return float(person.score.sum() * np.sqrt(person.extent_px))
