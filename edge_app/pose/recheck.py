"""Whether a pose of the person that is held can be right, and how widely to look for a better one.

One bad pose, of a body blurred by a quick fall back onto the mat, turns the next look away, and
that makes the next bad pose. A pose much weaker than this person's usual ones is doubted: the same
frame is looked at once more, more widely and not turned with the torso, and the better pose counts.
"""

from __future__ import annotations

from edge_app.envelope import EnvelopeFollower
from edge_app.pose.person import Person

DOUBTED = 0.7  # share of the summed score that is usual for the person; below it a pose is doubted
UP_S, DOWN_S = 0.3, 2.0  # time constants with which what is usual follows the scores
WIDER = 1.3  # the second look's square over the largest of late
SHRINK_PER_S = 0.1  # the largest of late may lose this share a second
BETTER = 1.15  # times the first pose's score: what the second look must show to be believed


class Recheck:
    """What is usual for one person, from when they are held.

    Attributes:
        pending: whether the frame at hand is to be looked at once more.
    """

    def __init__(self) -> None:
        self.pending = False
        self._usual = EnvelopeFollower(UP_S, DOWN_S)
        self._first: Person | None = None
        self._largest_px = 0.0
        self._t_s = 0.0

    @property
    def side_px(self) -> float:
        """Of the second look's square, in frame pixels."""
        return WIDER * self._largest_px

    def raised_by(self, person: Person | None) -> bool:
        """Whether what the first look at a frame shows needs a second one."""
        self._first = person
        self.pending = _total(person) < DOUBTED * self._usual.value  # NaN before a first pose
        return self.pending

    def settle(self, second: Person | None) -> Person | None:
        """The better of what the two looks showed."""
        first, self._first, self.pending = self._first, None, False
        return second if _total(second) > BETTER * _total(first) else first

    def believe(self, person: Person, side_px: float, t_s: float) -> None:
        """This is the person's pose at `t_s`, with the side of the square around it."""
        kept_px = self._largest_px * (1 - SHRINK_PER_S) ** (t_s - self._t_s)
        self._largest_px, self._t_s = max(side_px, kept_px), t_s
        self._usual.update(_total(person), t_s)


def _total(person: Person | None) -> float:
    return 0.0 if person is None else float(person.score.sum())
