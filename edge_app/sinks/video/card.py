"""Cards: the count, and the verdict on a repetition."""

from __future__ import annotations

import re
from functools import lru_cache

from PIL import Image, ImageDraw

from edge_app.session.attempt import Verdict
from edge_app.sinks.video.colours import BAD, DARK, GOOD, INK, PALE, Colour
from edge_app.sinks.video.tile import Tile, font, rgb, tile_of, wrapped

OPACITY = 205  # opacity of a card, of 255
SMOOTH = 4  # shapes are drawn this many times larger, then averaged: Pillow has no anti-aliasing


@lru_cache(maxsize=64)
def count_card(count: int, title: str, rejected: int, height_px: int) -> Tile:
    """The count, large, above the title and the number of rejected repetitions.

    Args:
        height_px: of the picture it is for.
    """
    pad, small = max(4, height_px // 40), max(10, height_px // 30)
    digits = font(max(20, height_px // 6))
    left, top, right, bottom = (round(v) for v in digits.getbbox(str(count)))
    lines = [(title, INK)] + ([(f"{rejected} not counted", PALE)] if rejected else [])
    widest = max(font(small).getlength(text) for text, _ in lines)
    width = round(max(right - left, widest)) + 2 * pad
    step = round(1.35 * small)
    picture = _blank(width, bottom - top + len(lines) * step + round(2.4 * pad), pad)
    draw = ImageDraw.Draw(picture)
    draw.text((pad - left, pad - top), str(count), rgb(INK), digits)
    y = bottom - top + round(1.3 * pad)
    for number, (text, colour) in enumerate(lines):
        draw.text((pad, y + number * step), text, rgb(colour), font(small))
    return tile_of(picture)


@lru_cache(maxsize=32)
def verdict_card(number: int, counted: bool, said: str, height_px: int, width_px: int) -> Tile:
    """A repetition's number with ✓ or ✗, and the reason or advice.

    Args:
        said: sentences; the part before the first colon or full stop is the heading.
        height_px: of the picture it is for.
        width_px: greatest width of the card.
    """
    pad, large, small = (max(low, height_px // n) for low, n in ((4, 40), (12, 22), (10, 32)))
    icon = round(2.1 * large)
    room = width_px - icon - 3 * pad
    heading, *more = re.split(r"[:.] ", said, maxsplit=1)
    rest = "".join(more)
    lines = [(text, large) for text in wrapped(f"{number}  {heading}", large, room)]
    lines += [(text, small) for text in wrapped(rest[:1].upper() + rest[1:], small, room)]
    widest = max(font(size).getlength(text) for text, size in lines)
    text_px = sum(round(1.3 * size) for _, size in lines)
    tall = max(icon, text_px) + 2 * pad
    colour = GOOD if counted else BAD
    picture = _blank(round(widest) + icon + 3 * pad, tall, pad)
    picture.alpha_composite(_icon(icon, counted, colour), (pad, (tall - icon) // 2))
    draw = ImageDraw.Draw(picture)
    y = (tall - text_px) / 2
    for text, size in lines:
        draw.text((icon + 2 * pad, y - 0.15 * size), text, rgb(INK), font(size))
        y += round(1.3 * size)
    return tile_of(picture)


def said_of(verdict: Verdict) -> str:
    """The text of the card: reasons of a rejection, advice for one that counts, or "good"."""
    return " ".join(reason.sentence for reason in verdict.reasons) or "Good"


def _blank(width: int, height: int, radius: int) -> Image.Image:
    """A dark card with rounded corners."""
    large = Image.new("L", (width * SMOOTH, height * SMOOTH))
    box = (0, 0, width * SMOOTH - 1, height * SMOOTH - 1)
    ImageDraw.Draw(large).rounded_rectangle(box, radius * SMOOTH, OPACITY)
    card = Image.new("RGBA", (width, height), rgb(DARK))
    card.putalpha(large.resize((width, height), Image.Resampling.LANCZOS))
    return card


def _icon(side: int, counted: bool, colour: Colour) -> Image.Image:
    """✓ or ✗ in a disc: readable without colour vision."""
    size = side * SMOOTH
    disc = Image.new("RGBA", (size, size), (*rgb(colour), 0))
    draw = ImageDraw.Draw(disc)
    draw.ellipse((0, 0, size - 1, size - 1), rgb(colour))
    strokes = (
        [[(0.27, 0.53), (0.44, 0.69), (0.74, 0.34)]]
        if counted
        else [[(0.32, 0.32), (0.68, 0.68)], [(0.68, 0.32), (0.32, 0.68)]]
    )
    wide = round(0.11 * size)
    for stroke in strokes:
        points = [(x * size, y * size) for x, y in stroke]
        draw.line(points, rgb(INK), wide, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), rgb(INK))
    return disc.resize((side, side), Image.Resampling.LANCZOS)
