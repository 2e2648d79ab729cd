"""The gate asks whether a network is as right as FP32, and says where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")
pytest.importorskip("pycocotools", reason="needs the extra `int8`")

from calibration.clips import Counted, count_losses, same_counts
from calibration.drawn import scene_losses
from calibration.gate import LIMITS, objections
from edge_app.tools.evaluation import GHOST_EXERCISES, Outcome
from edge_app.tools.manifest import NEGATIVE, Clip
from models.experiments.judge import Found, Judged, Result
from models.experiments.plan import Plan
from models.experiments.script import VALID, RepTruth
from models.scores import Figure

FINE = {"MAE, real clips": Figure(0.0, -0.01, 0.01, 160)}


@pytest.mark.parametrize(
    ("row", "figure", "said"),
    [
        ("OBO, real clips", Figure(0.01, -0.02, 0.04, 160), None),
        ("OBO, real clips", Figure(0.011, -0.02, 0.03, 160), "worse by 0.0110, limit 0.01"),
        ("OBO, real clips", Figure(0.0, -0.05, 0.05, 84), "by up to 0.0500, limit 0.04: 84 are"),
        ("PCK@0.2 torso, LSPET", Figure(0.005, 0.0, 0.0099, 1000), None),
        ("PCK@0.2 torso, LSPET", Figure(0.004, 0.0, 0.0101, 1000), "by up to 0.0101"),
        ("AP, coco_val sample", Figure(0.01, -0.2, 0.2, 103), None),  # no upper limit
        ("ghosts a minute", Figure(0.21, 0.0, 0.4, 76), "worse by 0.2100"),
        ("violations' F1", Figure(-0.1, -0.2, 0.0, 160), None),  # better is no objection
        ("violations' F1", Figure(float("nan"), 0, 0, 0), "worse by nan"),
    ],
)
def test_each_limit(row: str, figure: Figure, said: str | None) -> None:
    told = objections({**FINE, row: figure}, LIMITS)
    assert told == [] if said is None else len(told) == 1 and said in told[0]


def test_a_pass_needs_counted_repetitions() -> None:
    told = objections({"PCK@0.2 torso, LSPET": Figure(0.0, 0.0, 0.0, 9)}, LIMITS)
    assert told == ["no repetition was counted: give --clips or --scenes"]


def counted(exercise: str, truth: int, *counts: int) -> Counted:
    clip = Clip(Path("a.mp4"), exercise, truth, truth, ())
    return Counted(clip, tuple(Outcome(clip, n, 0, None, 30.0) for n in counts))


def test_losses_are_paired_over_clips() -> None:
    fp32 = [counted("squat", 10, 10), counted("squat", 4, 4), counted(NEGATIVE, 0, 0, 1, 0)]
    int8 = [counted("squat", 10, 10), counted("squat", 4, 6), counted(NEGATIVE, 0, 2, 1, 0)]
    assert len(GHOST_EXERCISES) == len(fp32[2].outcomes)
    lost = count_losses(fp32, int8)
    assert lost["MAE"].value == pytest.approx(0.25)  # 2 of 4, over two clips
    assert lost["OBO"].value == pytest.approx(0.5)
    assert lost["ghosts a minute"].value == pytest.approx(4.0)  # two in half a minute
    assert lost["OBO"].low == 0 and lost["OBO"].high == 1
    assert same_counts(fp32, int8) == pytest.approx(1 / 3)
    assert {n: f.value for n, f in count_losses(int8, fp32).items()} == {
        n: -f.value for n, f in lost.items()
    }


def test_equal_errors_in_different_clips_cancel_but_widen_the_interval() -> None:
    fp32 = [counted("squat", 10, 10 + 3 * (i < 5)) for i in range(40)]
    int8 = [counted("squat", 10, 10 + 3 * (i >= 35)) for i in range(40)]
    lost = count_losses(fp32, int8)["OBO"]
    assert lost.value == 0 and lost.high > 0.04
    assert objections({"OBO, real clips": lost}, LIMITS)


def scene(number: int, found: list[bool], truths: list[str]) -> Result:
    plan = Plan(1, number, 0, "gym", "day", "squat", tuple(truths))
    times = [(i + 0.0, i + 0.3, i + 0.4, i + 0.9) for i in range(len(truths))]
    reps = [RepTruth(*t, 1.0, 0.0, fault, 0.5) for t, fault in zip(times, truths)]
    judged = tuple(
        Judged(plan, rep, Found(rep.start_s, rep.extreme_s, rep.end_s, ok, (), 0.0))
        for rep, ok in zip(reps, found)
    )
    return Result(plan, sum(found), truths.count(VALID), judged, 0)


def test_scenes_lose_counts_and_violations() -> None:
    truths = [VALID, "range"]
    fp32 = [scene(i, [True, False], truths) for i in range(20)]
    int8 = [scene(i, [True, i < 4], truths) for i in range(20)]  # four miss the fault
    lost = scene_losses(fp32, int8)
    assert lost["MAE"].value == pytest.approx(0.2) and lost["OBO"].value == 0
    assert lost["violations' F1"].value == pytest.approx(1 - 2 * 0.8 / 1.8)
    assert lost["violations' F1"].low < lost["violations' F1"].value < lost["violations' F1"].high
    assert not any(np.isnan(f.value) for f in lost.values())
