"""The changes that an import makes, for people to look at before it is stored.

Each kind is a class of its own; a question to the user, such as whether two names are one student,
would be another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from edge_app.ledger.roster import SchoolClass, Student


@dataclass(frozen=True)
class Added:
    """A student whom the ledger does not know."""

    student: Student
    joined: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """A known student some of whose fields differ."""

    before: Student
    after: Student

    @property
    def fields(self) -> list[str]:
        """The names of the fields that differ."""
        before, after = self.before.__dict__, self.after.__dict__
        return [name for name in before if before[name] != after[name] and name != "source_id"]


@dataclass(frozen=True)
class Moved:
    """A known student who joins classes, and may leave others."""

    student: Student
    left: tuple[str, ...]
    joined: tuple[str, ...]


@dataclass(frozen=True)
class Left:
    """A known student who leaves classes and joins none; results are kept."""

    student: Student
    left: tuple[str, ...]


@dataclass(frozen=True)
class Renamed:
    """A class that keeps its id in the school's system under another name."""

    before: SchoolClass
    after: SchoolClass


Change = Union[Added, Changed, Moved, Left, Renamed]
