"""Names, genders and grades of a list, each as schools of many countries write them."""

from __future__ import annotations

import re
import unicodedata
from typing import Mapping, Sequence

from edge_app.ledger.rosters.headers import plain

_WORDS = {
    "f": """female girl woman f weiblich mädchen w 女 女生 女性 여 여자 여성 femme fille féminin
        feminin mujer femenino niña chica femmina femminile feminino menina vrouw vrouwelijk meisje
        kvinna flicka kvinde kvinne pige jente nainen tyttö kobieta dziewczynka žena dívka ж жен
        женский kadın kız 2""",
    "m": """male boy man m männlich junge mann 男 男生 男性 남 남자 남성 homme garçon masculin
        hombre varón masculino niño chico maschio maschile menino jongen mannelijk pojke
        dreng gutt mies poika mężczyzna chłopiec muž chlapec м муж мужской erkek 1""",
    "x": "x other nonbinary d divers autre otro non binaire no binario neither 9",
    "": """unspecified unknown unbekannt notspecified prefernottosay notknown 0 null none nan na
        desconocido inconnu""",
}
_GENDER: Mapping[str, str] = {
    plain(word): gender for gender, words in _WORDS.items() for word in words.split()
}
_PAIRS: Mapping[str, Mapping[str, str]] = {  # single letters that mean what their partner shows
    "hm": {"h": "m", "m": "f"},  # hombre, mujer
    "fh": {"h": "m", "f": "f"},  # homme, femme
    "fg": {"g": "m", "f": "f"},  # garçon, fille
    "bg": {"b": "m", "g": "f"},
    "km": {"k": "f", "m": "m"},  # kvinna, man
    "mv": {"v": "f", "m": "m"},  # vrouw, man
    "jm": {"j": "m", "m": "f"},  # jongen, meisje
    "mn": {"n": "f", "m": "m"},  # nainen, mies
    "pt": {"t": "f", "p": "m"},  # tyttö, poika
    "fp": {"f": "f", "p": "m"},  # flicka, pojke
    "ek": {"k": "f", "e": "m"},  # kadın, erkek
}
_SPANISH = ("sexo", "genero")  # where a lone M may be a woman
_CHINESE_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九", 1)}
_GRADE = re.compile(
    r"(?:grade|year|class|gr|yr|klasse|stufe|jahrgang|jahrgangsstufe|grado|niveau|klass|第)?"
    r"\.?\s*0*(\d{1,2})(?:[.,]0+)?\s*"
    r"(?:st|nd|rd|th|[.])?\s*(?:grade|klasse|jahrgang|jahrgangsstufe|grado|年级|年級|学年|年生|학년)?",
    re.I,
)
_CHINESE_GRADE = re.compile("([一二三四五六七八九])(?:年级|年級|学年)")
_SUFFIXES = ("jr", "sr", "ii", "iii", "iv")
_NO_GRADE = ("null", "none", "nan", "na")


class GenderColumn:
    """How the genders of a column are read: one letter may mean two things, its partner tells."""

    def __init__(self, cells: Sequence[str], header: str) -> None:
        letters = {_letter(cell) for cell in cells} - {""}
        pair = "".join(sorted(letters - {"x", "d"}))
        self._letters = _PAIRS.get(pair, {})
        self.unknown = pair == "m" and plain(header) in _SPANISH

    def read(self, cell: str) -> str:
        """f, m, x or "".

        Raises:
            ValueError: the word is not known; its text says so.
        """
        form = plain(cell)
        letter = _letter(cell)
        if letter in self._letters:
            return self._letters[letter]
        if letter == "m" and self.unknown:
            return ""
        if form in _GENDER:
            return _GENDER[form]
        if form:
            raise ValueError(f"'{cell}' must be f, m or x")
        return ""


def _letter(cell: str) -> str:
    form = plain(cell)
    return form if len(form) == 1 and form.isascii() and form.isalpha() else ""


def grade(cell: str) -> str:
    """A grade in one form: 05, 5.0, 5th grade and 五年级 are 5; others stay as they are."""
    text = unicodedata.normalize("NFKC", re.sub("[ºª°]", ".", cell)).strip()
    if plain(text) in _NO_GRADE:
        return ""
    found = _CHINESE_GRADE.fullmatch(text)
    if found:
        return str(_CHINESE_DIGITS[found[1]])
    found = _GRADE.fullmatch(text)
    return found[1] if found else cell


def class_name(cell: str, header: str, grade_cell: str) -> str:
    """The class; where a list has the grade apart and numbers the classes within it, both.

    組, 반 and 班 of Japanese, Korean and Chinese lists are such numbers; 5.0 is 5.
    """
    name = re.sub(r"^(\d+)[.,]0$", r"\1", cell)
    number = re.fullmatch(r"(\d{1,2})\s*([組组班반]?)", unicodedata.normalize("NFKC", name))
    mark = header.strip()
    if not number or not grade_cell or not re.search("[組组班반级級]", mark):
        return name
    unit = number[2] or next(c for c in mark if c in "組组班반级級")
    unit = {"级": "班", "級": "班"}.get(unit, unit)
    if unit == "반":
        return f"{grade(grade_cell)}학년 {int(number[1])}반"
    year = grade_cell if not grade_cell.isascii() else f"{grade(grade_cell)}年"
    return f"{year}{int(number[1])}{unit}"


def split_name(name: str) -> tuple[str, str]:
    """First and last name of «Last, First»; ("", name) if there is no such comma.

    «King, Martin Luther, Jr.» and «Martin King, Jr.» keep their suffix at the family name.
    """
    parts = [part.strip() for part in name.split(",")]
    suffixes = [part for part in parts[1:] if plain(part) in _SUFFIXES]
    kept = [parts[0], *(part for part in parts[1:] if part not in suffixes)]
    if len(kept) != 2 or not all(kept):
        return "", name
    return kept[1], ", ".join([kept[0], *suffixes])


def same_grade(one: str, other: str) -> bool:
    """Whether two grades are one, however they are written."""
    return grade(one) == grade(other)
