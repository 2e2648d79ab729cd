"""The encoding of a text file that does not say it.

Detectors are made for prose and fail on names: of 350 lists of 1 to 20 names in seven encodings
charset-normalizer 3.5 read 211 and chardet 7.7 246 (Windows-1252: 3 and 14 of 50), this module 298
(all 50). It looks at the words: letters of two scripts do not stand side by side in a name,
capitals do not follow small letters, a header is a word that is known.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Callable, Iterator, Sequence

from edge_app.errors import InputError

MAX_BYTES = 64 * 2**20
OFFERED = ("utf-8", "gb18030", "big5", "cp1252", "cp1250", "cp1251", "shift_jis", "cp949",
           "mac_roman", "cp850")  # fmt: skip
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")  # nonsense, too, is nearly always valid
_LOOKED_AT = 200_000  # bytes that the guess is made from
_CHARACTER = re.compile(  # one of UTF-8 that is more than a byte
    b"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_WORD = re.compile(r"[^\s,;|\t\"'()（）\d._/]+")
_GUESSES = ("gb18030", "big5", "shift_jis", "cp949", "cp1252", "cp1250", "cp1251")
_CODEC = {"big5": "cp950", "shift_jis": "cp932"}  # as Windows writes them
_DAMAGE = "\ufffd"
_DAMAGED = re.compile("\ufffd+")
_KNOWN_WORD, _MIXED, _SYMBOL = 20, -6, -4


def decode(
    data: bytes, name: str, encoding: str = "", known: Callable[[str], bool] = lambda word: False
) -> tuple[str, str]:
    """The text of a file and the encoding that was assumed; U+FFFD stands for a damaged character.

    A byte order mark decides; else UTF-8, which other text rarely is by chance, even if a few
    characters are damaged; else UTF-16 by its zeros; else the encoding in which the words look
    most like words.

    Args:
        data: the file's content.
        name: of the file, for messages.
        encoding: "" to guess it.
        known: tells a word that is expected in the file, such as a header.

    Raises:
        InputError: the file is too large, or is not text in this encoding or any of these.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} is larger than {MAX_BYTES // 2**20} MB")
    tried = []
    for guess in [encoding] if encoding else _guesses(data, known):
        tried.append(guess)
        try:
            text = _decoded(data, _CODEC.get(guess, guess), guess not in _WIDE)
        except (LookupError, UnicodeError, ValueError) as exc:
            raise InputError(f"unknown encoding: '{encoding}'") from exc
        if "\0" not in text and (text or not data):
            return text, guess
    raise InputError(f"{name} is not text in {' or '.join(tried)}; save it as CSV in UTF-8")


def _decoded(data: bytes, codec: str, repair: bool) -> str:
    """The text, with U+FFFD for a few damaged characters if `repair`; "" if it is none."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode(codec, "replace") if repair else ""
        return text if _mostly_whole(text) else ""
    if not isinstance(text, str):  # a codec such as hex, which makes bytes
        raise LookupError(codec)
    return text


def _mostly_whole(text: str) -> bool:
    damaged = len(_DAMAGED.findall(text))
    if not damaged:
        return True
    foreign = sum(c > "\x7f" and c != _DAMAGE for c in text)
    if damaged == 1 and text.endswith(_DAMAGE):  # the end is cut off
        return foreign > 0
    return damaged <= max(2, foreign // 20) and foreign >= 2 * damaged


def _guesses(data: bytes, known: Callable[[str], bool]) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            yield encoding
            return
    if b"\0" in data[:4096]:
        low, high = data[:4096:2].count(0), data[1:4096:2].count(0)
        yield "utf-16-le" if high > low else "utf-16-be"
        return
    if _is_utf8(data):
        yield "utf-8"
    yield from _by_words(data[:_LOOKED_AT], known)


def _is_utf8(data: bytes) -> bool:
    """Whether what is no ASCII is UTF-8, but for a few damaged bytes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as exc:
        whole = len(_CHARACTER.findall(data))
        if exc.reason == "unexpected end of data" and whole:
            return True  # all but the end is UTF-8
        faults = len(_DAMAGED.findall(data.decode("utf-8", "replace")))
        return whole >= 2 * faults
    return True


def _by_words(data: bytes, known: Callable[[str], bool]) -> Sequence[str]:
    """The encodings that can be, the likeliest first; the order of `_GUESSES` decides a tie."""
    cut = data.rfind(b"\n") if len(data) == _LOOKED_AT else -1
    data = data[:cut] if cut > 0 else data
    scores = {}
    for guess in _GUESSES:
        text = data.decode(_CODEC.get(guess, guess), "replace")
        if _mostly_whole(text):
            words = {word for word in _WORD.findall(text) if not word.isascii()}
            scores[guess] = sum(_score(word, guess, known) for word in words)
    if "cp1250" in scores and "cp1252" in scores:
        # The same letters in most names. Without a sign of eastern Europe they are western.
        pairs = zip(*(_WORD.findall(data.decode(one, "replace")) for one in ("cp1252", "cp1250")))
        if not any(_has_symbol(western) and not _has_symbol(other) for western, other in pairs):
            scores["cp1250"] = min(scores["cp1250"], scores["cp1252"] - 1)
    if "cp949" in scores and "gb18030" in scores:
        # The common syllables of Korean have the bytes of common Chinese characters, which hold
        # others too: many characters and none of those others are Korean.
        text = data.decode("cp949", "replace")
        scores["cp949"] += 1 if len({c for c in text if "\uac00" <= c <= "\ud7a3"}) >= 8 else -1
    order = sorted(scores, key=lambda guess: -scores[guess])
    return order or _GUESSES[:1]


def _score(word: str, encoding: str, known: Callable[[str], bool]) -> int:
    """How much a word with foreign characters looks like one, in this encoding."""
    foreign = [c for c in word if c > "\x7f"]
    ascii_letters = sum(c.isalpha() for c in word if c <= "\x7f")
    if known(word):
        return _KNOWN_WORD * len(foreign)
    if encoding in ("cp1252", "cp1250"):
        return _score_western(word, foreign, ascii_letters)
    if ascii_letters and encoding != "cp1251" and all(map(_is_latin, foreign)):
        return 2 * len(foreign)  # Chinese sets have a few letters with accents, too
    if ascii_letters:
        return _MIXED
    if encoding == "cp1251":
        regular = _regular_case(word) and all(c.isalpha() for c in foreign)
        return 2 * len(foreign) if regular and len(foreign) > 1 else -2 * len(foreign)
    return sum(2 if _common(c, encoding) else -2 for c in foreign if c.isalpha() or c == _DAMAGE)


def _is_latin(character: str) -> bool:
    return unicodedata.name(character, "").startswith("LATIN ")


def _score_western(word: str, foreign: Sequence[str], ascii_letters: int) -> int:
    if _has_symbol(word):
        return _SYMBOL
    if not ascii_letters:
        return 0 if len(foreign) == 1 else -2 * len(foreign)
    return 2 * len(foreign) if _regular_case(word) else -len(foreign)


def _has_symbol(word: str) -> bool:
    """Whether a sign stands in a word where western names have a letter, as £ for Ł."""
    foreign = [c for c in word if c > "\x7f"]
    return any(unicodedata.category(c) in ("Sc", "No", "Sm", "So", "Cc") for c in foreign) and any(
        c.isalpha() for c in word
    )


def _regular_case(word: str) -> bool:
    """Xxxx, XXXX or xxxx; ß has no capital."""
    parts = ["".join(c for c in part if c.isalpha() and c != "ß") for part in word.split("-")]
    whole = "".join(parts)
    return whole.isupper() or all(part[1:] == part[1:].lower() for part in parts)


def _common(character: str, encoding: str) -> bool:
    """Whether a character is in the first level of its set, where those of names mostly are."""
    code = character.encode(_CODEC.get(encoding, encoding), "replace")
    if len(code) != 2:
        return False  # half-width kana, or the rare ones of GB18030
    lead, trail = code
    if encoding == "gb18030":
        return 0xB0 <= lead <= 0xD7 and trail >= 0xA1
    if encoding == "big5":
        return 0xA4 <= lead <= 0xC6
    if encoding == "cp949":
        return 0xB0 <= lead <= 0xC8 and trail >= 0xA1
    return 0x82 <= lead <= 0x83 or 0x88 <= lead <= 0x97
