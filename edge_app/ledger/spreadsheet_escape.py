"""Escapes text for spreadsheet cells, so that it never runs as a formula, and reads it back."""

from __future__ import annotations

import re

# What makes a spreadsheet read text as a formula (OWASP ASVS 5.0, 1.2.10; CWE-1236), line ends,
# and the same signs in full width. A leading apostrophe makes it text again.
_RUNS = "=+\\-@\t\r\n\0＝＋－＠"
_NEEDS_ESCAPE = re.compile(f"'*[{_RUNS}]")
_IS_ESCAPED = re.compile(f"'+[{_RUNS}]")


def escaped(text: str) -> str:
    """The text with one more apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if _NEEDS_ESCAPE.match(text) else text


def unescaped(cell: str) -> str:
    """The text that was escaped; any other cell unchanged."""
    return cell[1:] if _IS_ESCAPED.match(cell) else cell
