"""What a teacher chooses: kept over a restart, and checked."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.camera.orientation import Orientation
from edge_app.errors import InputError
from edge_app.kiosk.choices import Choices, checked, load_choices, save_choices
from edge_app.validation import parse_values

DEFAULT = Choices(camera="usb:")


def test_choices_come_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "choices.json"
    chosen = replace(
        DEFAULT, exercise="squat", zones=((0.1, 0.2, 0.5, 0.9), (0.5, 0.2, 0.8, 0.9)), language="zh"
    )
    save_choices(path, chosen)
    assert load_choices(path, DEFAULT) == chosen


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"camera": 7}', '{"camera": "cam"}', '{"zones": [[0, 0, 0, 0]]}',
     '{"zones": "abcd"}', '{"exercise": "juggling"}', '{"countdown_s": "x"}'],
)  # fmt: skip
def test_choices_that_are_broken_are_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "choices.json"
    path.write_text(text)
    assert load_choices(path, DEFAULT) == DEFAULT


def test_choices_of_another_version_keep_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "choices.json"
    path.write_text(json.dumps({"camera": "csi:1", "colour": "blue"}))
    assert load_choices(path, DEFAULT) == replace(DEFAULT, camera="csi:1")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"language": "fr"}, "'language' must be one of en, zh, not 'fr'"),
        ({"sound": "voices"}, "'sound' must be one of voice, beep, off.*did you mean 'voice'"),
        ({"countdown_s": 31}, "'countdown_s' must be a.*from 0 to 30|'countdown_s' must be from 0"),
        ({"video": "clear"}, "'video' must be one of veiled, plain, not 'clear'"),
        ({"zones": [[0, 0, 1]]}, r"'zones\[0\]\[3\]'"),
        ({"zones": []}, "1 to 2 mats"),
        ({"zones": [[0, 0, 0.1, 1]]}, "too small"),
        ({"zones": [[0, 0, 0.6, 1], [0.5, 0, 1, 1]]}, "overlap"),
        ({"exercise": "juggling"}, "no exercise 'juggling'"),
    ],
)
def test_a_choice_that_makes_no_sense_is_said(given: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked(parse_values(Choices, {"camera": "usb:", **given}))


def test_a_disk_that_takes_no_choices_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    with pytest.raises(InputError, match="they last until the restart"):
        save_choices(tmp_path / "file" / "choices.json", DEFAULT)


def test_a_turn_belongs_to_the_camera() -> None:
    turned = replace(Choices(camera="usb:"), rotate=180, mirror=True)
    assert turned.address() != Choices(camera="usb:").address()
    assert turned.address().orientation == Orientation(180, mirror=True)


def test_nobody_else_reads_the_choices(tmp_path: Path) -> None:
    """A camera's address may hold a password."""
    before = os.umask(0)
    try:
        save_choices(tmp_path / "choices.json", DEFAULT)
    finally:
        os.umask(before)
    assert (tmp_path / "choices.json").stat().st_mode & 0o777 == 0o600
