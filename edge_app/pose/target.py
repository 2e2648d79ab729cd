"""The states of the person tracker, and the data of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple, Union

from edge_app.pose.person import MARGIN, Person, framing
from edge_app.pose.recheck import Recheck

SHRINK_PER_S = 0.3  # the square may lose this share of its side per second
WHOLE_BODY = 12  # keypoints; while fewer are found the square does not shrink
LOOK_AROUND_S = 1.0  # period at which a weak pose is checked against the whole frame
WEAK = 4.0  # summed score of the keypoints below which a pose is weak


@dataclass
class Target:
    """The tracked person, and the square of the next look around them."""

    person: Person  # in frame pixels
    seen_s: float
    looked_around_s: float  # when the whole frame was last searched
    side_px: float
    turn_deg: float  # makes the torso upright
    recheck: Recheck = field(default_factory=Recheck)

    @staticmethod
    def found(person: Person, t_s: float) -> Target:
        """A person found by a search: coarsely, so their score is not learned as usual."""
        side_px, turn_deg = framing(person)
        return Target(person, t_s, t_s, side_px, turn_deg or 0.0)

    @property
    def body_px(self) -> float:
        """Size of the body: the side of the square, without its margin."""
        return max(self.side_px / MARGIN, 1.0)

    @property
    def level_deg(self) -> float:
        """The quarter turn that makes the torso most nearly upright."""
        return 90.0 * round(self.turn_deg / 90.0)

    def needs_look_around(self, t_s: float) -> bool:
        """Whether to search the whole frame: the pose has been weak for a while."""
        weak = self.person.score.sum() < WEAK
        return bool(weak and t_s - self.looked_around_s >= LOOK_AROUND_S)

    def move_to(self, person: Person, t_s: float) -> None:
        """Updates the target with the person's pose at `t_s`, from a close look."""
        side_px, turn_deg = framing(person)
        if turn_deg is not None:
            self.turn_deg = turn_deg
        shrink = SHRINK_PER_S if person.found.sum() >= WHOLE_BODY else 0.0
        kept_px = self.side_px * (1 - shrink) ** (t_s - self.seen_s)
        self.side_px = max(side_px, kept_px)
        self.person, self.seen_s = person, t_s
        self.recheck.learn(person, self.side_px, t_s)


class LastTarget(NamedTuple):
    """The person tracked before, while they may come back."""

    person: Person
    seen_s: float
    body_px: float


class Candidate(NamedTuple):
    """A person found by a search, and the score for tracking them."""

    claim: float
    person: Person


@dataclass(frozen=True)
class Searching:
    """Nobody is tracked: looks at the whole frame, one in each direction per round.

    Attributes:
        thorough: the whole round takes place in one frame, whether it shows somebody or not.
        last: the person lost before.
        refused_s: when a close look last refuted a detection.
        looks: of this round so far.
        candidates: of this round so far.
    """

    thorough: bool
    last: LastTarget | None = None
    refused_s: float = -math.inf
    looks: int = 0
    candidates: tuple[Candidate, ...] = ()

    @property
    def look_again(self) -> bool:
        return self.looks > 0 and (self.thorough or bool(self.candidates))


@dataclass(frozen=True)
class Confirming:
    """A search has found somebody; the first close look at the same frame confirms or refutes."""

    target: Target
    last: LastTarget | None

    look_again = True


@dataclass(frozen=True)
class Tracking:
    """Somebody is tracked, with one look per frame."""

    target: Target

    look_again = False


@dataclass(frozen=True)
class Rechecking:
    """The first look at this frame gave a weak pose or none; the second one decides."""

    target: Target
    first: Person | None

    look_again = True


State = Union[Searching, Confirming, Tracking, Rechecking]
