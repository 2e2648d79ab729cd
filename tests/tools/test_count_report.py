"""The tables of an evaluation."""

from __future__ import annotations

from pathlib import Path

from edge_app.tools.bootstrap import Ratio
from edge_app.tools.count_report import cell, maker_table, page, tables, wrong_counts
from edge_app.tools.evaluation import Evaluation, Ghosts, Outcome
from edge_app.tools.manifest import NEGATIVE, Clip


def outcome(name: str, exercise: str, counted: int, maker: str, tuned: bool = False) -> Outcome:
    clip = Clip(Path(name), exercise, 4, 4, (), maker, tuned=tuned)
    return Outcome(clip, counted, 0, 0.1, 10.0)


def ghosts(name: str, kind: str, sit_ups: int, squats: int, seconds: float, maker: str) -> Ghosts:
    clip = Clip(Path(name), NEGATIVE, 0, 0, (), maker, kind)
    return Ghosts(clip, {"sit-up": sit_ups, "squat": squats}, seconds)


FOUND = Evaluation(
    [
        outcome("a.mp4", "situp", 4, "ann", tuned=True),
        outcome("b.mp4", "sit-up", 3, "bob"),
        outcome("c.mp4", "squat", 1, "bob"),
        outcome("d.mp4", "crunch", 4, "cy"),
    ],
    [ghosts("e.mp4", "walking", 1, 2, 60, "bob"), ghosts("f.mp4", "dancing", 0, 0, 30, "dee")],
    [(Clip(Path("g.mp4"), "squat", 1, 1, ()), "cannot read g.mp4")],
)


def test_counts_by_exercise_with_the_tuned_makers_apart() -> None:
    everybody, tuned, others, _ = tables(FOUND)
    rows = {row[0]: row[1:] for row in everybody.rows}
    assert list(rows) == [
        "crunch", "sit-up", "squat", "sit-up, push-up, squat", "… and crunch", "all",
    ]  # fmt: skip
    assert rows["sit-up"][:3] == ["2", "2", "0.50 [0.00, 1.00]"]
    assert rows["all"][0] == "4" and rows["all"][2].startswith("0.50 [")
    assert rows["squat"] == ["1", "1", "0.00", "0.00", "0.75", "-3.00", "0.10"]
    assert [row[1] for row in tuned.rows] == ["1"]
    assert others.rows[-1][1] == "3"


def test_ghosts_by_kind_and_minute() -> None:
    rows = {row[0]: row[1:] for row in tables(FOUND)[-1].rows}
    assert rows["walking"] == ["1", "1", "1.0", "1.00", "2.00", "3.00"]
    assert rows["dancing"][-1] == "0.00"
    assert rows["all"][:5] == ["2", "2", "1.5", "0.67", "1.33"]
    assert rows["all"][5] == "2.00 [0.00, 3.00]"


def test_the_table_by_maker_says_who_was_learnt_from() -> None:
    rows = {row[0]: row[1:] for row in maker_table(FOUND, {"bob"}).rows}
    assert rows["ann"] == ["yes", "no", "1", "1.00", "1.00", "0.00", "–", "–"]
    assert rows["bob"] == ["no", "yes", "2", "0.00", "0.50", "0.50", "1.0", "3"]
    assert rows["dee"][2] == "0"


def test_wrong_counts_come_worst_first_and_nothing_is_left_out() -> None:
    assert wrong_counts(FOUND) == [
        "c.mp4: 1, not 4–4",
        "b.mp4: 3, not 4–4",
        "e.mp4: 1 as sit-up, 2 as squat, not 0",
        "g.mp4: not counted: cannot read g.mp4",
    ]


def test_without_halves_and_ghosts_there_is_one_table() -> None:
    (table,) = tables(Evaluation([outcome("a.mp4", "juggling", 4, "")]))
    assert [row[0] for row in table.rows] == ["juggling"]
    assert tables(Evaluation()) == []


def test_a_figure_without_an_interval_or_value_shows_none() -> None:
    nan = float("nan")
    assert cell(Ratio(0.5, nan, nan)) == "0.50"
    assert cell(Ratio(nan, nan, nan)) == "–"


def test_the_page_shows_no_folder_of_this_machine() -> None:
    text = page(["/opt/bin/reps", "evaluate", "/home/a b/m.csv", "--tracks=/home/t/"], "", [], [])
    assert "`reps evaluate m.csv --tracks=t`" in text and "/home" not in text
