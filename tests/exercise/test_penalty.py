"""Equations (9) and (10) against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest

from edge_app.exercise.definition import Fault
from edge_app.exercise.penalty import PenaltySum, held, loss, with_ends

HANDS = Fault("hands", "wrist_at_hip_deg", 35.0, 0.5, "above", "frame", "Hands.")
KNEES = Fault("knees", "knee_at_hip_deg", 15.0, 0.2, "below", "frame", "Knees.")
FEET = Fault("feet", "ankle_reach", 1.24, 0.4, "above", "frame", "Feet.")
SUPPORT = Fault("support", "low_wrist_rise", -0.42, 2.0, "below", "held", "Floor.", share=0.2)
RETURN = Fault("return", "trunk_rise_change", 0.1, 2.0, "above", "end", "Back.")
DEPTH = Fault("depth", "thigh_rise", 0.2, 1.0, "above", "extreme", "Lower.")


@pytest.mark.parametrize(
    ("fault", "value", "wanted"),
    [
        (HANDS, 35.0, 0.0),  # at the threshold
        (HANDS, 10.0, 0.0),  # far on the good side: no loss, unlike the bare square
        (HANDS, 35.0 + math.degrees(0.5), 0.25),  # half a radian beyond
        (KNEES, 15.0 - math.degrees(0.1), 0.01),
        (KNEES, 45.0, 0.0),
        (FEET, 1.74, 0.25),  # half a torso length beyond
    ],
)
def test_loss(fault, value, wanted):
    assert loss(fault, value) == pytest.approx(wanted)


def penalty(fps: float, seconds: float, values: dict[str, float]):
    total = PenaltySum((HANDS, FEET), limit=1.0)
    total.reset(0.0)
    for i in range(1, int(fps * seconds) + 1):
        total.add(i / fps, values)
    return total.result({})


def test_sum_weighs_each_part_with_its_factor():
    result = penalty(10, 2, {"wrist_at_hip_deg": 35 + math.degrees(1), "ankle_reach": 1.74})
    assert result.parts == pytest.approx({"hands": 0.5, "feet": 0.1})
    assert result.total == pytest.approx(0.6)
    assert result.limit == 1.0


@pytest.mark.parametrize(("fps", "seconds"), [(9, 2), (60, 2), (15, 6)])
def test_neither_a_slow_repetition_nor_a_fast_camera_costs_more(fps, seconds):
    values = {"wrist_at_hip_deg": 35 + math.degrees(1), "ankle_reach": 1.0}
    assert penalty(fps, seconds, values).total == pytest.approx(0.5)


def test_half_the_time_bad_is_half_the_penalty_whatever_the_frame_times():
    total = PenaltySum((FEET,), limit=1.0)
    total.reset(0.0)
    for t_s, reach in [(0.5, 2.24), (0.6, 1.0), (0.8, 1.0), (1.0, 1.0)]:
        total.add(t_s, {"ankle_reach": reach})
    assert total.result({}).total == pytest.approx(0.4 * 0.5)


def test_a_missing_joint_neither_helps_nor_harms():
    total = PenaltySum((FEET,), limit=1.0)
    total.reset(0.0)
    for t_s, reach in [(0.1, 2.24), (0.2, math.nan), (0.3, 2.24)]:
        total.add(t_s, {"ankle_reach": reach})
    assert total.result({}).total == pytest.approx(0.4)


def test_a_fault_at_the_extreme_uses_the_extreme_value_once():
    total = PenaltySum((DEPTH,), limit=1.0)
    total.reset(0.0)
    total.add(0.1, {"thigh_rise": 0.9})
    assert total.result({"thigh_rise": 0.5}).total == pytest.approx(0.09)
    assert total.result({}).total == 0.0


@pytest.mark.parametrize(("fps", "seconds"), [(10, 1), (60, 1), (15, 6)])
@pytest.mark.parametrize(("share", "wanted"), [(0.1, 0.0), (0.3, 2.0 * 0.25), (1.0, 2.0 * 0.25)])
def test_a_held_fault_counts_in_full_from_its_share_on(fps, seconds, share, wanted):
    """Whatever the tempo and the camera: a hand on the floor for three tenths of the interval."""
    total = PenaltySum((SUPPORT,), limit=1.0)
    total.reset(0.0)
    frames = fps * seconds
    for i in range(1, frames + 1):
        total.add(i / fps, {"low_wrist_rise": -0.92 if i <= share * frames else 0.1})
    assert total.result({}).total == pytest.approx(wanted)


def test_a_keypoint_astray_for_two_frames_is_no_held_fault():
    assert held([(1.0, 1 / 30)] * 2 + [(0.0, 1 / 30)] * 58, 0.15) == 0.0


def test_held_has_no_loss_without_frames():
    assert held([], 0.15) == 0.0


def test_the_end_is_judged_by_its_own_value_and_leaves_the_other_parts():
    total = PenaltySum((FEET, RETURN), limit=1.0)
    total.reset(0.0)
    total.add(0.1, {"ankle_reach": 1.74, "trunk_rise_change": 0.9})
    before = total.result({})
    after = with_ends(before, (FEET, RETURN), {"trunk_rise_change": 0.4})
    assert before.parts == pytest.approx({"feet": 0.1, "return": 0.0})
    assert after.parts == pytest.approx({"feet": 0.1, "return": 2.0 * 0.09})
    assert after.total == pytest.approx(0.28)
    assert with_ends(before, (RETURN,), {}).total == pytest.approx(0.1)
