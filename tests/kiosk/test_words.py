"""Every word of the pages is there in English and in Chinese, and what the counter says too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.exercise.definition import EXERCISES_DIR, load_exercise
from edge_app.kiosk.app import STATIC
from edge_app.session import attempt
from edge_app.session.protocol import PROTOCOLS_DIR, load_protocol

SOURCE = (STATIC / "i18n.js").read_text(encoding="utf-8")
STATES = ("good", "opening", "stale", "frozen", "gone", "ended")
ENDINGS = ("time", "strikes", "gap", "cap", "stopped", "unfinished", "")


def table(name: str) -> dict[str, str]:
    """One of the dictionaries in i18n.js."""
    found = re.search(rf"const {name} = \{{(.*?)\n\}};", SOURCE, re.S)
    assert found
    return dict(re.findall(r'"([^"]*)":\s*"([^"]*)"', found.group(1)))


def keys_used() -> set[str]:
    keys = {f"state {s}" for s in STATES} | {f"ended {e}" for e in ENDINGS}
    for path in [*STATIC.glob("*.js"), *STATIC.glob("*.html")]:
        if path.name != "i18n.js":
            text = path.read_text(encoding="utf-8")
            keys |= set(re.findall(r'data-t="([^"$]+)"', text))
            keys |= set(re.findall(r'\bt\("([^"]+)"', text))
    return keys


@pytest.mark.parametrize("language", ["EN", "ZH"])
def test_every_key_of_the_pages_is_translated(language: str) -> None:
    words = table(language)
    assert len(keys_used()) > 80
    assert {key for key in keys_used() if key not in words} == set()


def test_no_word_is_left_that_no_page_says() -> None:
    text = "".join(
        p.read_text(encoding="utf-8") for p in STATIC.glob("*.js") if p.name != "i18n.js"
    )
    stages = {"preprocess", "network", "decode", "track", "smooth", "counting", "picture"}
    left = table("EN").keys() - keys_used() - stages
    assert {key for key in left if f'"{key}"' not in text} == set()


def test_both_languages_fill_in_the_same_values() -> None:
    english, chinese = table("EN"), table("ZH")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", chinese[key]), key


def test_every_sentence_a_student_may_hear_is_there_in_chinese() -> None:
    sentences = {attempt.REASON_CADENCE.sentence, attempt.REASON_PENALTY.sentence}
    sentences |= {attempt.REASON_LATE.sentence, attempt.REASON_TEACHER.sentence}
    sentences.add("That took too long: move without resting.")  # edge_app/exercise/counter.py
    for path in EXERCISES_DIR.glob("*.toml"):
        exercise = load_exercise(path)
        sentences |= {exercise.incomplete, *(fault.sentence for fault in exercise.fault)}
        sentences |= {ready.sentence for ready in exercise.ready}
    for path in PROTOCOLS_DIR.glob("*.toml"):
        sentences |= {rule.sentence for rule in load_protocol(path).require}
    assert sentences - table("SENTENCES_ZH").keys() == set()


def test_every_sentence_in_chinese_is_one_that_is_said() -> None:
    room = STATIC.parents[1]
    files = [*room.rglob("*.py"), *EXERCISES_DIR.glob("*.toml"), *PROTOCOLS_DIR.glob("*.toml")]
    said = "".join(path.read_text(encoding="utf-8") for path in files)
    assert {sentence for sentence in table("SENTENCES_ZH") if sentence not in said} == set()


@pytest.mark.parametrize("folder", [EXERCISES_DIR, PROTOCOLS_DIR])
def test_every_exercise_and_test_has_a_chinese_name(folder: Path) -> None:
    load = load_exercise if folder == EXERCISES_DIR else load_protocol
    names = {load(path).name for path in folder.glob("*.toml")}
    assert names - table("WORDS_ZH").keys() == set()
