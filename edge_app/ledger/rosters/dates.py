"""Dates of birth as schools write them; what can be read in two ways is never guessed.

A single date such as 03/04/2014 has two meanings. All of a column decide: one 20/11 shows that
the day comes first everywhere. If nothing decides, and neither the header (`DD/MM/YYYY`, or the
name that FitnessGram and Clever give it) nor the user, the dates are left out and it is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Sequence

from edge_app.ledger.rosters.date_forms import DAY, MONTH, YEAR, NoDate, meanings_of
from edge_app.ledger.rosters.headers import plain

_MONTH_FIRST_HEADERS = ("studentbirthdate",)  # FitnessGram: MM/DD/YYYY
_DAY_FIRST_HEADERS = tuple(map(plain, (
    "Geburtsdatum", "Geburtstag", "geb. Datum", "geboren", "geboren am", "date de naissance",
    "né le", "née le", "födelsedatum", "syntymäaika", "geboortedatum", "fødselsdato",
)))  # fmt: skip


@dataclass(frozen=True)
class DateColumn:
    """How the dates of a column are read.

    Attributes:
        order: `DAY`, `MONTH`, `YEAR`, or "" if the column does not decide; None if nothing in it
            needs an order.
        today: the latest date that is accepted, unless `later`.
        republic: short years are those of the Republic of China.
        note: how the order was found, for the user; "" if nothing had to be decided.
        later: dates after today are accepted, because the clock may be wrong.
    """

    order: str | None
    today: date
    republic: bool = False
    note: str = ""
    later: bool = False

    @property
    def unknown(self) -> bool:
        """Whether the user has to say what comes first."""
        return self.order == ""

    def read(self, cell: str) -> date | None:
        """The date of a cell; None for an empty one, or one that needs an order nobody knows.

        Raises:
            NoDate: the cell is no plausible date.
        """
        meanings = meanings_of(cell, self.today, self.republic, self.later)
        if meanings is None:
            return None
        if len(set(meanings.values())) == 1:
            return next(iter(meanings.values()))
        if self.order and self.order in meanings:
            return meanings[self.order]
        if self.order is None:
            raise NoDate(f"'{cell}' can be read in two ways, and others in the column differ")
        return None


def date_column(
    cells: Sequence[str],
    header: str,
    today: date,
    order: str = "",
    usual: str = "",
    republic: bool = False,
    later: bool = False,
) -> DateColumn:
    """Finds out how the dates of a column are to be read.

    Args:
        cells: of all rows.
        header: of the column; it may say the order.
        today: the latest date that is accepted.
        order: what the user said, or "".
        usual: what the vendor's description says, or "".
        republic: short years are those of the Republic of China, as in Taiwan's lists.
        later: dates after today are accepted, because the clock may be wrong.
    """
    column = partial(DateColumn, today=today, republic=republic, later=later)
    if order:
        return column(order)
    fits = {DAY, MONTH, YEAR}
    matters, points = False, True
    for cell in set(cells):
        try:
            meanings = meanings_of(cell, today, republic, later)
        except NoDate:
            continue  # its row is refused
        if meanings is None or "" in meanings:
            continue
        fits &= meanings.keys()
        matters = matters or len(set(meanings.values())) > 1
        points = points and "." in cell
    if not matters:
        return column(None)
    if not fits:
        return column(None, note="the dates of birth are written in different orders")
    if len(fits) == 1:
        (found,) = fits
        note = f"the dates of birth were read {found}: only that fits all"
        return column(found, note=note)
    said, why = _said_by(header)
    if not said and usual:
        said, why = usual, "as this vendor writes them"
    if not said and points and DAY in fits:
        said, why = DAY, "as dates with points are written"
    if said in fits:
        note = f"the dates of birth were read {said}, {why}"
        return column(said, note=note)
    return column("")


def _said_by(header: str) -> tuple[str, str]:
    form = plain(header)
    for order, words in (
        (DAY, ("ddmm", "dmy", "ttmm", "jjmm", "ggmm")),
        (MONTH, ("mmdd", "mdy")),
        (YEAR, ("yymmdd", "yyyymmdd")),
    ):
        if any(word in form for word in words):
            return order, f"as its header '{header.strip()}' says"
    if form in _MONTH_FIRST_HEADERS:
        return MONTH, f"as systems with the header '{header.strip()}' write them"
    if form in _DAY_FIRST_HEADERS:
        return DAY, f"as is usual with the header '{header.strip()}'"
    return "", ""
