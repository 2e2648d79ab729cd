"""The rendered clips that ship with the program, each with its true count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge_app.errors import InputError


@dataclass(frozen=True)
class Sample:
    """A rendered clip of one person.

    Attributes:
        exercise: what is done in it, and the clip's name.
        count: repetitions that count.
    """

    exercise: str
    count: int

    @property
    def path(self) -> Path:
        """The clip: in the wheel, or in the checkout.

        Raises:
            InputError: it is in neither.
        """
        package = Path(__file__).resolve().parents[1]
        for folder in (package / "samples", package.parent / "tests" / "data"):
            path = folder / f"{self.exercise}.mp4"
            if path.is_file():
                return path
        raise InputError(f"the clip {self.exercise}.mp4 is missing: install edge-reps again")


SIT_UP = Sample("sit-up", 10)  # and two that do not count
SAMPLES = (SIT_UP, Sample("push-up", 5), Sample("squat", 5))


def sample_clip() -> Path:
    """The clip that a kiosk without a camera plays; raises as `Sample.path` does."""
    return SIT_UP.path
