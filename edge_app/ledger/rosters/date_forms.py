"""What the text of one date can mean: formats of many countries, and of spreadsheets."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import Mapping

from edge_app.ledger.rosters.headers import plain

DAY, MONTH, YEAR = "day-first", "month-first", "year-first"
_EMPTY = ("", "null", "none", "nan", "n/a", "-", "--", r"\n", "0000-00-00", "(null)", "nat")
_MONTHS = (
    "january jan januar janvier janv enero ene janeiro gennaio gen januari",
    "february feb februar février fevr févr febrero febbraio februari fevereiro",
    "march mar märz mrz maerz mars marzo março maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maio maggio mei maj",
    "june jun juni juin junio junho giugno giu",
    "july jul juli juillet juil julio julho luglio lug",
    "august aug août aout agosto ago augustus augusti",
    "september sep sept septembre septiembre setembro settembre set",
    "october oct okt oktober octobre octubre outubro ottobre ott out",
    "november nov novembre noviembre novembro",
    "december dec dez dezember décembre diciembre dic dezembro dicembre déc",
)
_MONTH: Mapping[str, int] = {
    plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()
}
_TIME = re.compile(
    r"[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?|[上下]午)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[日일.号號]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_REPUBLIC = re.compile(  # years of the Republic of China: 103 is 2014
    r"(?:民國|民国)\s*(\d{2,3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"|(1[0-3]\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
)
_SHORT_REPUBLIC = re.compile(r"(\d{2,3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_REPUBLIC = re.compile(r"(\d{2,3})(\d{2})(\d{2})")
_ERA = re.compile(
    r"(平成|令和|昭和|[HRS])\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?"
)
_ERAS = {"平成": 1988, "H": 1988, "令和": 2018, "R": 2018, "昭和": 1925, "S": 1925}
_NAMED = re.compile(  # 4-Mar-14, 4. März 2014, 4 de marzo de 2014, March 4, 2014, 2014 Mar 4
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|er)?[\s.\-/]*(?:de\s+|of\s+)?(?P<m>[^\W\d_]{3,})[.,]?"
    r"[\s.\-/]*(?:de\s+|del\s+)?(?P<y>\d{4}|\d{2})"
    r"|(?P<m2>[^\W\d_]{3,})\.?[\s\-]*(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+(?P<y2>\d{4}|\d{2})"
    r"|(?P<y3>\d{4})[\s\-/]*(?P<m3>[^\W\d_]{3,})\.?[\s\-/]*(?P<d3>\d{1,2})"
)
_WEEKDAY = re.compile(r"^(?:[^\W\d_]{2,10},\s+)(?=.*\d)")
_TRIPLE = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]0+)?")  # days since 1899-12-30, as a spreadsheet stores a date
_FIRST_SERIAL, _LAST_SERIAL = 18264, 60000  # 1950 to 2064
_OLDEST = 60  # years: beyond it the first number of 31-07-13 is no year


class NoDate(ValueError):
    """A cell that is no date, or none that can be known; its text says why."""


def meanings_of(
    cell: str, today: date, republic: bool, later: bool = False
) -> dict[str, date] | None:
    """What a cell can mean: order → date, "" for a date that needs no order; None if it is empty.

    Args:
        cell: as written.
        today: decides the century of two digits.
        republic: short years are those of the Republic of China.
        later: a date after today is plausible, because the clock may be wrong.

    Raises:
        NoDate: nothing plausible.
    """
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'")
    if text.lower() in _EMPTY:
        return None
    text = _WEEKDAY.sub("", _day_only(text, cell)).strip()
    parts = _short_republic(text) if republic else None
    parts = parts or _certain(text)
    if parts:
        return {"": _plausible(parts, cell, today, later)}
    triple = _TRIPLE.fullmatch(text)
    if triple is None:
        raise NoDate(f"'{cell}' must be YYYY-MM-DD or MM/DD/YYYY")
    a, c = int(triple[1]), int(triple[3])
    short = len(triple[4]) == 2
    last = int(triple[4])
    year = _century(last, today) if short else last
    options = {DAY: (year, c, a), MONTH: (year, a, c)}
    if short and len(triple[1]) == 2 and today.year - _century(a, today) <= _OLDEST:
        options[YEAR] = (_century(a, today), c, last)
    found = {}
    for order, (y, m, d) in options.items():
        try:
            found[order] = _plausible((y, m, d), cell, today, later)
        except NoDate as exc:
            fault = exc
    if not found:
        raise fault
    return found


def _day_only(text: str, cell: str) -> str:
    """The text without its time. A time in UTC late in the day was midnight of the next day."""
    time = _TIME.search(text)
    if time is None:
        return text
    hour = int(time[1]) % 12 + 12 if time[4] and time[4][0] in "Pp下" else int(time[1])
    if time[5] in ("Z", "UTC", "GMT") and hour > 12:
        raise NoDate(f"the day of '{cell}' depends on the time zone; export it without a time")
    return (text[: time.start()] + text[time.end() :]).strip()


def _certain(text: str) -> tuple[int, int, int] | None:
    """Year, month, day of a form that has one meaning only."""
    for form in (_YEAR_FIRST, _COMPACT):
        found = form.fullmatch(text)
        if found:
            return int(found[1]), int(found[2]), int(found[3])
    found = _REPUBLIC.fullmatch(text)
    if found:
        y, m, d = (int(part) for part in found.groups() if part is not None)
        return y + 1911, m, d
    found = _ERA.fullmatch(text)
    if found:
        year = 1 if found[2] == "元" else int(found[2])
        return _ERAS[found[1]] + year, int(found[3]), int(found[4])
    found = _SERIAL.fullmatch(text)
    if found and _FIRST_SERIAL <= int(found[1]) <= _LAST_SERIAL:
        day = date(1899, 12, 30) + timedelta(int(found[1]))
        return day.year, day.month, day.day
    return _named(text)


def _short_republic(text: str) -> tuple[int, int, int] | None:
    """95.09.26, 950926 and 1030304 in Taiwan's lists."""
    found = _SHORT_REPUBLIC.fullmatch(text) or _COMPACT_REPUBLIC.fullmatch(text)
    return (int(found[1]) + 1911, int(found[2]), int(found[3])) if found else None


def _named(text: str) -> tuple[int, int, int] | None:
    found = _NAMED.fullmatch(text)
    if found is None:
        return None
    d, m, y = (found[k] or found[f"{k}2"] or found[f"{k}3"] for k in "dmy")
    month = _MONTH.get(plain(m))
    if month is None:
        return None
    return (int(y) if len(y) == 4 else -int(y) - 1), month, int(d)


def _century(two: int, today: date) -> int:
    """The year of two digits: no student is born after today."""
    year = today.year // 100 * 100 + two
    return year if year <= today.year else year - 100


def _plausible(parts: tuple[int, int, int], cell: str, today: date, later: bool) -> date:
    year, month, day = parts
    if year < 0:  # two digits, see `_named`
        year = _century(-year - 1, today)
    try:
        found = date(year, month, day)
    except ValueError:
        raise NoDate(f"'{cell}' is no date") from None
    if found.year < 1900 or (found > today and not later):
        raise NoDate(f"'{cell}' is not a plausible birth date")
    return found
