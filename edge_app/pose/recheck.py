"""Whether a pose of the tracked person can be right, and how widely to look for a better one.

One bad pose, of a body blurred by a quick fall back onto the mat, turns the next look away, and
that makes the next bad pose. When a pose is much weaker than this person's usual ones, the same
frame is rechecked: a second look, wider and not turned with the torso, and the better pose counts.
"""

from __future__ import annotations

from edge_app.envelope import EnvelopeFollower
from edge_app.pose.person import Person

WEAK_SHARE = 0.7  # of the summed score that is usual for the person; a weaker pose is rechecked
UP_S, DOWN_S = 0.3, 2.0  # time constants with which what is usual follows the scores
WIDER = 1.3  # the second look's square over the largest of late
SHRINK_PER_S = 0.1  # the largest of late may lose this share a second
BETTER = 1.15  # times the first pose's score: what the second look must show to be believed


class Recheck:
    """What is usual for one person, from when they are tracked."""

    def __init__(self) -> None:
        self._usual = EnvelopeFollower(UP_S, DOWN_S)
        self._largest_px = 0.0
        self._t_s = 0.0

    @property
    def side_px(self) -> float:
        """Of the second look's square, in frame pixels."""
        return WIDER * self._largest_px

    def needed(self, person: Person | None) -> bool:
        """Whether what the first look at a frame shows, None for nobody, needs a second one."""
        return total_score(person) < WEAK_SHARE * self._usual.value  # NaN before a first pose

    def learn(self, person: Person, side_px: float, t_s: float) -> None:
        """This is the person's pose at `t_s`, with the side of the square around it."""
        kept_px = self._largest_px * (1 - SHRINK_PER_S) ** (t_s - self._t_s)
        self._largest_px, self._t_s = max(side_px, kept_px), t_s
        self._usual.update(total_score(person), t_s)


def better(first: Person | None, second: Person | None) -> Person | None:
    """The better of what the two looks at a frame show; the first if they are about as good."""
    return second if total_score(second) > BETTER * total_score(first) else first


def total_score(person: Person | None) -> float:
    """Summed over the keypoints, 0 for nobody."""
    return 0.0 if person is None else float(person.score.sum())
