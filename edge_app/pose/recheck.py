"""Decides whether a pose of the tracked person is plausible, and how widely to search again.

One bad pose, such as of a body blurred by a quick fall back onto the mat, misdirects the next look,
which then yields another bad pose. If a pose is much weaker than this person's usual ones, the
same frame is rechecked: a second look, wider and not turned with the torso; the better pose wins.
"""

from __future__ import annotations

from edge_app.envelope import EnvelopeFollower
from edge_app.pose.person import Person

WEAK_SHARE = 0.7  # of the person's usual summed score; a weaker pose is rechecked
UP_S, DOWN_S = 0.3, 2.0  # time constants of the usual score
WIDER = 1.3  # the second look's square over the largest recent one
SHRINK_PER_S = 0.1  # the largest recent square may lose this share per second
BETTER = 1.15  # times the first pose's score: what the second look must reach to win


class Recheck:
    """The usual score of one person, from the start of tracking."""

    def __init__(self) -> None:
        self._usual = EnvelopeFollower(UP_S, DOWN_S)
        self._largest_px = 0.0
        self._t_s = 0.0

    @property
    def side_px(self) -> float:
        """Side of the second look's square, in frame pixels."""
        return WIDER * self._largest_px

    def needed(self, person: Person | None) -> bool:
        """Whether the result of the first look at a frame (None: nobody) needs a second one."""
        return total_score(person) < WEAK_SHARE * self._usual.value  # NaN before a first pose

    def learn(self, person: Person, side_px: float, t_s: float) -> None:
        """Adds the person's pose at `t_s`, with the side of the square around it."""
        kept_px = self._largest_px * (1 - SHRINK_PER_S) ** (t_s - self._t_s)
        self._largest_px, self._t_s = max(side_px, kept_px), t_s
        self._usual.update(total_score(person), t_s)


def better(first: Person | None, second: Person | None) -> Person | None:
    """The better result of two looks at a frame; the first if they are about equal."""
    return second if total_score(second) > BETTER * total_score(first) else first


def total_score(person: Person | None) -> float:
    """Keypoint scores summed, 0 for nobody."""
    return 0.0 if person is None else float(person.score.sum())
