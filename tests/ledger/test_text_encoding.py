"""Encodings that nobody told us."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.errors import InputError
from edge_app.ledger.text_encoding import decode


@given(st.text(st.characters(codec="cp1252", categories=["L", "Zs", "Po"]), min_size=1))
def test_western_names_are_not_taken_for_chinese(text: str) -> None:
    words = f"ID,Name\n1,José Müller\n2,{text}e\n"
    got, encoding = decode(words.encode("cp1252"), "roster.csv")
    if encoding == "cp1252":
        assert got == words
    else:  # only where accents stand side by side, which no name does
        accents = "".join("1" if c > "\x80" else "0" for c in text)
        assert "11" in accents


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("é".encode(), "utf-8"),
        ("é".encode("utf-8-sig"), "utf-8-sig"),
        ("a,é".encode("utf-16"), "utf-16"),
        ("a,é".encode("utf-32"), "utf-32"),  # its mark begins with that of UTF-16
        ("a,é".encode("utf-16-be"), "utf-16-be"),
        ("José".encode("cp1252"), "cp1252"),
        ("张伟".encode("gb18030"), "gb18030"),
    ],
)
def test_an_encoding_is_told_by_its_bytes(data: bytes, encoding: str) -> None:
    assert decode(data, "roster.csv") == (data.decode(encoding), encoding)


def test_a_file_beyond_all_measure_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.ledger.text_encoding.MAX_BYTES", 2**20)
    with pytest.raises(InputError, match=r"roster\.csv is larger than 1 MB"):
        decode(bytes(2**20 + 1), "roster.csv")


NAMES = {
    "cp1252": "PÄÄKKÖNEN SÄÄKSI RÄÄTY GRÜßER STÖßEL BLÅÄNG SJÖÅS Müller José Peña Zoë Øystein Åse",
    "gb18030": "林晓彤 赵一鸣 周子墨 许嘉怡 王伟 李娜 张敏 刘洋 陈静 杨欣",
    "big5": "林曉彤 趙一鳴 許嘉怡 王偉 李娜 張敏 劉洋 陳靜 楊欣 黃子軒",
    "shift_jis": "佐藤翔太 鈴木美咲 高橋陽菜 田中蓮 伊藤さくら 渡辺大輝 山本結衣 中村悠斗",
    "cp949": "김민준 이서연 박지훈 최수아 정하은 강도윤 조은우 윤서준",
    "cp1251": "Иванов Петрова Смирнов КУЗНЕЦОВА Соколова Попов",
}


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("number", [3, 5, 20])
def test_lists_of_names_are_read_in_their_encoding(encoding: str, number: int) -> None:
    """Five drawn lists each; a few Korean names are too few to tell them from Chinese."""
    drawn = random.Random(number)
    right = 0
    for _ in range(5):
        names = [drawn.choice(NAMES[encoding].split()) for _ in range(number)]
        text = "ID;Name\r\n" + "".join(f"{i};{name}\r\n" for i, name in enumerate(names))
        right += decode(text.encode(encoding), "roster.csv")[0] == text
    assert right == 5 or (encoding == "cp949" and number < 20 and right >= 1)


@pytest.mark.parametrize(
    ("word", "encoding"),
    [("학번", "cp949"), ("學號", "big5"), ("学籍番号", "shift_jis"), ("학생성명", "cp949")],
)
def test_a_known_word_decides(word: str, encoding: str) -> None:
    text = f"{word},x\r\n1,y\r\n"
    assert decode(text.encode(encoding), "x.csv", known=lambda w: w == word) == (text, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_one_damaged_byte_spoils_one_character(encoding: str) -> None:
    names = NAMES["big5" if encoding == "big5" else "gb18030"].split()
    text = "ID,Name\n" + "".join(f"{i},{name}\n" for i, name in enumerate(names))
    data = bytearray(text.encode(encoding))
    at = max(i for i, byte in enumerate(data) if byte > 0x7F) - 1
    data[at] = 0xFF
    got, found = decode(bytes(data), "x.csv")
    assert found == encoding and "\ufffd" in got
    assert got.split("\n")[:-2] == text.split("\n")[:-2]


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("1,Zoë\n2,Bj".encode() + b"\xc3", "1,Zoë\n2,Bj\ufffd", "utf-8"),  # cut in a character
        ("N° élève;Prénom\n1;Zoé".encode("cp1252"), "N° élève;Prénom\n1;Zoé", "cp1252"),
        ("MUÑOZ IBÁÑEZ".encode("cp1252"), "MUÑOZ IBÁÑEZ", "cp1252"),
        ("BJØRNSSON-ØÆ".encode("cp1252"), "BJØRNSSON-ØÆ", "cp1252"),
        ("José".encode("cp1252"), "José", "cp1252"),
    ],
)
def test_short_texts(data: bytes, text: str, encoding: str) -> None:
    assert decode(data, "x.csv") == (text, encoding)


def test_a_sign_in_a_word_is_eastern_europe() -> None:
    text = "ID,Name\n1,Łukasz\n2,Świątek\n"
    assert decode(text.encode("cp1250"), "x.csv") == (text, "cp1250")
