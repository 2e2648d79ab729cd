"""The paper's experiments: the truth of a scene, the tables' arithmetic, one scene end to end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.tracks import save_track
from models.experiments import record
from models.experiments.__main__ import main
from models.experiments.judge import Found, Judged, Result, judge
from models.experiments.plan import LIGHTS, PLACES, Plan, plan_set
from models.experiments.report import page
from models.experiments.script import (
    FAULTS,
    STANDING,
    VALID,
    RepTruth,
    depth_at,
    draw_reps,
    duration_s,
    presence,
)
from models.experiments.tables import accuracy, overall, violations

PLAN = Plan(0, 0, 0, "gym", "day", "sit-up", (VALID,) * 4)
TRUTH = RepTruth(1.0, 2.0, 2.1, 3.0, 1.0, 0.0, VALID, 0.5)


def judged(fault: str, counted: bool, *codes: str) -> Judged:
    return Judged(PLAN, replace(TRUTH, fault=fault), Found(1.0, 2.0, 3.0, counted, codes, 3.5))


def result(counted: int, *reps: Judged) -> Result:
    return Result(PLAN, counted, sum(j.truth.fault == VALID for j in reps), reps, 0)


def test_a_set_has_every_place_and_light_and_few_of_each_more_than_others():
    plans = plan_set(5, 60)
    cells = [(p.place, p.light) for p in plans]
    assert {cells.count((where, light)) for where in PLACES for light in LIGHTS} == {4}
    assert plans == plan_set(5, 60) != plan_set(6, 60)
    faults = [(p.exercise, f) for p in plans for f in p.faults]
    for exercise, names in FAULTS.items():
        assert {f for e, f in faults if e == exercise} >= set(names)
    assert ("sit-up", STANDING) in faults


@pytest.mark.parametrize("exercise", FAULTS)
def test_the_depth_follows_the_truth(exercise):
    reps = draw_reps(np.random.default_rng(3), exercise, [VALID, "range", "return", VALID])
    for rep in reps:
        extreme, end = depth_at(reps, np.array([rep.extreme_s, rep.end_s]))
        assert extreme == pytest.approx(rep.depth)
        assert end == pytest.approx(rep.floor, abs=1e-9)
    assert reps[1].depth < 0.6 and reps[2].floor > 0.25
    assert depth_at(reps, np.array([0.0, duration_s(reps)])) == pytest.approx([0, 0], abs=1e-9)


def test_a_fault_is_there_in_its_repetition_only():
    reps = draw_reps(np.random.default_rng(3), "sit-up", [VALID, "support", VALID])
    t_s = np.linspace(0, duration_s(reps), 500)
    present = presence(reps, t_s, "support")
    inside = (t_s > reps[1].start_s) & (t_s < reps[1].end_s)
    assert present[inside].max() == pytest.approx(1)
    assert np.abs(present[~inside]).max() < 1e-9


def test_count_accuracy_adds_errors_up_without_letting_them_cancel():
    four = [judged(VALID, True)] * 4
    assert accuracy([result(4, *four), result(4, *four)]) == 1.0
    assert accuracy([result(3, *four), result(5, *four)]) == pytest.approx(0.75)
    assert accuracy([result(9, *four)]) == 0.0
    assert accuracy([]) == 0.0


def test_violations_by_hand():
    rows = violations([
        result(
            2,
            judged("support", False, "support", "hands"),
            judged("support", True),
            judged("hands", False, "support"),
            judged(VALID, True),
        )
    ])  # fmt: skip
    hands, support = rows
    assert (support.fault, support.reps, support.recall, support.named) == ("support", 2, 0.5, 0.5)
    assert support.precision == 0.5  # one of the two repetitions that carry the name
    assert support.accuracy == pytest.approx(2 / 3)  # of two supported and one valid
    assert support.told_s == pytest.approx(0.5)
    assert (hands.recall, hands.named, hands.precision) == (1.0, 0.0, 1.0)  # beside the support


def test_precision_and_recall_of_counting():
    rows = [judged("feet", False), judged("feet", True), judged(VALID, False), judged(VALID, True)]
    assert overall([result(2, *rows)]) == (0.5, 0.5)
    far = Judged(PLAN, replace(TRUTH, fault="support", side="far"), None)
    assert overall([result(2, *rows, far)]) == (0.5, 0.5)


def test_a_file_that_is_no_truth_is_refused_in_one_sentence(tmp_path, capsys):
    (tmp_path / "s0-000.json").write_text("{}")
    with pytest.raises(InputError, match="not the truth of a scene"):
        record.load(tmp_path / "s0-000.json")
    assert main(["report", str(tmp_path / "nowhere")]) == 2
    assert "no recorded scene" in capsys.readouterr().err


@pytest.mark.slow
def test_one_scene_from_its_seed_to_the_page(tmp_path):
    """Valid sit-ups and the paper's violations with their exact joints, and three pictures."""
    pytest.importorskip("anny", reason="needs the extra `synthetic`")
    pytest.importorskip("numba", reason="needs the extra `synthetic`")
    from models.experiments.scenes import Scene

    faults = (VALID, "support", "feet", "unilateral")
    scene = Scene(Plan(9, 0, 3, "outdoor", "night", "sit-up", faults), size=(96, 72))
    poses = scene.exact_poses(0.01)
    found = judge(scene.plan, scene.reps, poses)
    assert [j.rejected for j in found.judged] == [False, True, True, True]
    assert [j.has(fault) for j, fault in zip(found.judged[1:], faults[1:], strict=True)] == [
        True
    ] * 3
    save_track(tmp_path / "s9-000.npz", poses)
    text = page({"full": [found], "free practice": [found]}, [], [], "    a command")
    assert "| sit-up | support | 1 | 100.0 |" in text
    pictures = [picture for picture, _ in zip(scene.frames(), range(3))]
    assert all(p.shape == (72, 96, 3) and p.dtype == np.uint8 and p.std() > 3 for p in pictures)
