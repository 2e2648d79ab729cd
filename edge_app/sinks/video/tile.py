"""Small pictures with transparency, rendered once and drawn onto many frames."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from edge_app.sinks.video.colours import DARK, INK, Colour

FONT = Path(__file__).parent / "fonts" / "noto-sans-sc-bold.otf"
WIDE = "　"  # from this code point on, a line may break anywhere: Chinese has no spaces


class Tile(NamedTuple):
    """A picture to draw onto others."""

    colour: np.ndarray  # (height, width, 3) uint8 BGR, already multiplied by the opacity
    clear: np.ndarray  # (height, width, 3) uint8, 255 where the frame shows through

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.clear.shape[1], self.clear.shape[0]

    def lay(self, image: np.ndarray, left: int, top: int) -> None:
        """Draws the tile onto a BGR picture, in place, clipped at its edges."""
        height, width = image.shape[:2]
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + self.size[0], width), min(top + self.size[1], height)
        if x0 >= x1 or y0 >= y1:
            return
        part = image[y0:y1, x0:x1]
        own = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        cv2.multiply(part, self.clear[own], part, 1 / 255)
        cv2.add(part, self.colour[own], part)


@lru_cache(maxsize=16)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """The bundled font for a line `size_px` high: Latin, Greek, Cyrillic and Chinese."""
    return ImageFont.truetype(str(FONT), size_px)


def tile_of(picture: Image.Image) -> Tile:
    """A tile from an RGBA picture."""
    rgba = np.asarray(picture)
    opacity = rgba[..., 3:].astype(np.uint16)
    colour = (rgba[..., 2::-1] * opacity // 255).astype(np.uint8)
    clear = np.repeat((255 - opacity).astype(np.uint8), 3, axis=2)
    return Tile(np.ascontiguousarray(colour), clear)


def rgb(colour: Colour) -> tuple[int, int, int]:
    """A BGR colour in Pillow's order."""
    return colour[2], colour[1], colour[0]


@lru_cache(maxsize=512)
def text_tile(text: str, size_px: int, colour: Colour = INK, rim: bool = True) -> Tile:
    """One line of text; a dark outline makes it readable on any background."""
    rim_px = max(2, size_px // 9) if rim else 0
    left, top, right, bottom = font(size_px).getbbox(text, stroke_width=rim_px)
    size = max(1, round(right - left)), max(1, round(bottom - top))
    picture = Image.new("RGBA", size, (*rgb(DARK), 0))
    ImageDraw.Draw(picture).text(
        (-left, -top), text, rgb(colour), font(size_px),
        stroke_width=rim_px, stroke_fill=(*rgb(DARK), 200),
    )  # fmt: skip
    return tile_of(picture)


def wrapped(text: str, size_px: int, width_px: int) -> list[str]:
    """Lines no wider than `width_px`; a wider word gets its own line."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        longer = line + word
        if line and font(size_px).getlength(longer.rstrip()) > width_px:
            lines.append(line.rstrip())
            longer = word.lstrip()
        line = longer
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    """Splits at possible line breaks: after spaces, and after every Chinese character."""
    words = [""]
    for character in text:
        words[-1] += character
        if character == " " or character >= WIDE:
            words.append("")
    return words
