"""Exercise files: the ones shipped, and what a wrong one answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.exercise.definition import EXERCISES_DIR, find_exercise, load_exercise

GOOD = """
name = "bow"
aliases = []
keypoints = ["hip"]
incomplete = "Lower."
penalty_limit = 1.0
[limits]
min_range = 0.3
extreme_fraction = 0.6
rest_fraction = 0.4
min_phase_s = 0.1
max_phase_s = 5
[[signal]]
parameter = "trunk_deg"
rest = 0
extreme = 90.0
[[fault]]
code = "knees"
parameter = "knee_deg"
threshold = 150.0
factor = 0.5
breach = "below"
at = "frame"
sentence = "Straight knees."
"""

FAULT = GOOD[GOOD.index("[[fault]]") :]


def load(tmp_path, text):
    path = tmp_path / "bow.toml"
    path.write_text(text, encoding="utf-8")
    return load_exercise(path)


@pytest.mark.parametrize(
    "alias",
    ["situp", "crunch", "vsitup", "pushup", "squat", "pullup", "jumping_jack", "lunge", "curl"],
)
def test_the_names_of_the_clips_resolve(alias):
    assert find_exercise(alias).signal


def test_every_shipped_file_has_its_own_names():
    exercises = [load_exercise(path) for path in EXERCISES_DIR.glob("*.toml")]
    assert len(exercises) == 12
    for exercise in exercises:
        for name in (exercise.name, *exercise.aliases):
            assert find_exercise(name) == exercise


def test_sit_up_has_table_1():
    table = {f.code: (f.threshold, f.factor) for f in find_exercise("sit-up").fault}
    ours = {
        "support",
        "feet_off",
        "unilateral",
        "return",
        "hands_away",
    }  # the paper gives these no numbers
    assert ours == table.keys() - {"hands", "knees", "feet"}
    assert (table["hands"], table["knees"], table["feet"]) == (
        (35.0, 0.5),
        (15.0, 0.2),
        (1.24, 0.4),
    )


def test_a_good_file(tmp_path):
    exercise = load(tmp_path, GOOD)
    assert exercise.limits.max_phase_s == 5.0
    assert exercise.signal[0].weight == 1.0
    assert exercise.posture == ()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("aliases = []", "aliases = []\ncolour = 3", ["unknown key 'colour'"]),
        ("rest = 0\n", "rest = 0\nleft = 1\n", ["line 16: unknown key 'signal[0].left'"]),
        (
            "threshold = 150.0",
            "treshold = 150.0",
            ["line 20: unknown key 'fault[0].treshold'; did you mean 'threshold'?"],
        ),
        ('code = "knees"\n', "", ["line 17: missing key 'fault[0].code'"]),
        ('name = "bow"', "", ["missing key 'name'"]),
        ("penalty_limit = 1.0", "", ["missing key 'penalty_limit'"]),
        ("min_range = 0.3", 'min_range = "much"', ["'limits.min_range' must be a number"]),
        ("min_range = 0.3", "min_range = true", ["'limits.min_range' must be a number"]),
        ("aliases = []", "aliases = 3", ["'aliases' must be a list of texts"]),
        (
            '"trunk_deg"',
            '"torso"',
            ["'signal[0].parameter' must be one of", "trunk_deg", "not 'torso'"],
        ),
        (
            '"hip"]',
            '"hop"]',
            ["line 4: 'keypoints[0]' must be one of", "not 'hop'; did you mean 'hip'?"],
        ),
        ('"below"', '"under"', ["'fault[0].breach' must be one of above, below, not 'under'"]),
        ("[limits]", "[[limits]]", ["'limits' must be a table"]),
        ("extreme = 90.0", "extreme = 0.0", ["'signal[0]' needs rest and extreme to differ"]),
        ("rest_fraction = 0.4", "rest_fraction = 0.7", ["rest_fraction < extreme_fraction"]),
        ("max_phase_s = 5", "max_phase_s = 0", ["min_phase_s < max_phase_s"]),
        ("[[signal]]", "[signal]", ["'signal' must be a list of tables"]),
        ("threshold = 150.0", "threshold = nan", ["'fault[0].threshold' must be a number"]),
        ('"trunk_deg"', '"trunk_rise_change"', ["'signal' cannot use 'trunk_rise_change'"]),
        ('"trunk_deg"', '"knee_by_reach_deg"', ["'signal' cannot use 'knee_by_reach_deg'"]),
        (
            "factor = 0.5",
            "factor = -0.5",
            ["line 21: 'fault[0].factor' must be at least 0, not -0.5"],
        ),
        ("[[fault]]", FAULT + "[[fault]]", ["two faults have the same 'code'"]),
        ("penalty_limit = 1.0", "penalty_limit = 0.0", ["'penalty_limit' must be above 0"]),
        ("penalty_limit = 1.0", "penalty_limit = ", ["Invalid"]),
    ],
)
def test_a_wrong_file_names_the_key_and_the_file(tmp_path, old, new, words):
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    for word in [*words, "bow.toml"]:
        assert word in str(caught.value)


def test_an_unknown_exercise_lists_the_known_ones():
    with pytest.raises(InputError, match="push-up"):
        find_exercise("handstand")


@pytest.mark.parametrize("key", ["displacement", "travel"])
def test_displacement_is_read_by_its_old_key_too(key: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    text = (EXERCISES_DIR / "squat.toml").read_text()
    path.write_text(text.replace("[[displacement]]", f"[[{key}]]"))
    assert load_exercise(path).displacement == find_exercise("squat").displacement != ()


def test_the_old_and_the_new_key_together_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    text = (EXERCISES_DIR / "squat.toml").read_text()
    path.write_text(text + '\n[[travel]]\njoint = "hip"\nmin = 0.1\n')
    with pytest.raises(InputError, match="'travel' is the old name of 'displacement'"):
        load_exercise(path)
