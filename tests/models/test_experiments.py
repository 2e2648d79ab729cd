"""The paper's experiments: the truth of a scene, the tables' arithmetic, one scene end to end."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.exercise.rep import Penalty, Rep
from edge_app.sinks.track import save_track
from edge_app.values import Pose
from models.experiments import record
from models.experiments.__main__ import main
from models.experiments.judge import FREE, FULL, Found, Judged, Result, find, judge
from models.experiments.plan import LIGHTS, PLACES, Plan, plan_set
from models.experiments.report import BY_HAND, page, written_by_hand
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
    assert "no recorded scenes" in capsys.readouterr().err


@pytest.fixture
def recorded(tmp_path):
    """A scene in which nobody was seen: no renderer, no network."""
    (tmp_path / "scenes").mkdir()
    poses = [Pose.nobody(i / 15) for i in range(60)]
    save_track(tmp_path / "scenes" / "s0-000.npz", poses)
    truth = {**PLAN.as_json(), "reps": [asdict(TRUTH)]}
    (tmp_path / "scenes" / "s0-000.json").write_text(json.dumps(truth))
    return str(tmp_path / "scenes")


def test_the_report_keeps_what_was_written_by_hand(recorded, tmp_path, capsys):
    pytest.importorskip("matplotlib", reason="needs the extra `train`")
    out = tmp_path / "out"
    assert main(["report", recorded, "--out", str(out)]) == 0
    first = (out / "experiments.md").read_text()
    words = "**What it says.** Nobody was there.\n\nMeasured on a PC."
    page_by_hand = first.replace(f"{BY_HAND}\n", f"{BY_HAND}\n\n{words}\n\n")
    stale = page_by_hand.replace("| full |", "| old |")
    assert stale != page_by_hand != first
    (out / "experiments.md").write_text(stale)
    for _ in range(2):  # the same again: nothing grows
        assert main(["report", recorded, "--out", str(out)]) == 0
        assert (out / "experiments.md").read_text() == page_by_hand
    assert (out / "experiments.png").stat().st_size > 1000
    (out / "experiments.md").write_text(words)
    assert main(["report", recorded, "--out", str(out)]) == 2
    assert "hand-written text" in capsys.readouterr().err
    assert (out / "experiments.md").read_text() == words


def test_the_shipped_page_has_the_lines_the_report_keeps():
    page_there = Path(__file__).parents[2] / "docs" / "results" / "experiments.md"
    assert written_by_hand(page_there).startswith("**What it says.**")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--manifest", "m.csv"], "go together"),
        (["--tracks", "t"], "go together"),
        (["--manifest", "{folder}/m.csv", "--tracks", "{folder}"], "no track of a clip"),
    ],
)
def test_real_clips_need_a_manifest_and_tracks(recorded, tmp_path, capsys, more, said):
    (tmp_path / "m.csv").write_text("file,exercise,count\na.mp4,squat,3\n")
    options = [each.format(folder=tmp_path) for each in more]
    assert main(["report", recorded, *options]) == 2
    assert said in capsys.readouterr().err


def test_free_practice_has_no_ending(monkeypatch):
    """A test's time is up after a minute; free practice goes on."""
    times_s = [5.0, 50.0, 70.0, 90.0]

    class Given:
        phase, signal, parameters = "rest", None, {}

        def __init__(self, *_, **__):
            self.left = [
                Rep(i + 1, t, t + 1, t + 2, 1.0, True, (), Penalty(0.0, {}, 1.0), {})
                for i, t in enumerate(times_s)
            ]

        def update(self, pose):
            return []

        def finish(self):
            return self.left

    monkeypatch.setattr("models.experiments.judge.counter_for", Given)
    poses = [Pose.nobody(0.0)]
    assert sum(f.counted for f in find(poses, "push-up", FREE)) == 4
    assert sum(f.counted for f in find(poses, "push-up", FULL)) == 2


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
