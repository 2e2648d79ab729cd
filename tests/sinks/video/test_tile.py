"""Text by the font that ships, laid on pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from edge_app.sinks.video.tile import font, text_tile, tile_of, wrapped


def test_opacity_mixes_and_what_stands_out_is_cut_off() -> None:
    tile = tile_of(Image.new("RGBA", (4, 2), (255, 0, 0, 128)))
    image = np.full((3, 5, 3), 200, np.uint8)
    tile.lay(image, 3, -1)
    assert image[0, 3].tolist() == pytest.approx([100, 100, 228], abs=1)
    assert (image[1:] == 200).all() and (image[:, :3] == 200).all()
    tile.lay(image, 50, 50)


@pytest.mark.parametrize("text", ["90°", "für – «ß»", "Повтор", "仰卧起坐：双手抱头", "✓"])
def test_the_font_has_latin_cyrillic_and_chinese(text: str) -> None:
    missing = font(20).getmask("\uffff").getbbox(), bytes(font(20).getmask("\uffff"))
    for character in text.replace(" ", ""):
        mask = font(20).getmask(character)
        assert (mask.getbbox(), bytes(mask)) != missing, character


def test_a_tile_holds_the_whole_text() -> None:
    tile = text_tile("Ägypten, qy", 30)
    edges = np.concatenate([tile.clear[0], tile.clear[-1], tile.clear[:, 0], tile.clear[:, -1]])
    assert tile.clear.min() == 0 and edges.min() > 0  # a rim, soft at the very edge
    assert text_tile("Ägypten, qy", 30) is tile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Keep your hands off the floor.", ["Keep your", "hands off the", "floor."]),
        ("手不要离开头部", ["手不要离", "开头部"]),
        ("Weltraumfahrtbehörde geht", ["Weltraumfahrtbehörde", "geht"]),
        ("", []),
    ],
)
def test_lines_break_where_the_language_lets_them(text: str, words: list[str]) -> None:
    room = font(20).getlength("hands off the") + 4 if text[:1] != "手" else 4 * 20
    assert wrapped(text, 20, round(room)) == words
