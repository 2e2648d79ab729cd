"""The keypoints and limbs of OpenPose, and their relation to COCO's."""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import (
    COCO_FROM_OPENPOSE,
    COCO_KEYPOINTS,
    INDEX,
    KEYPOINTS,
    LIMBS,
    NECK,
    OPENPOSE_MIRROR,
    openpose_from_coco,
)


def test_limbs_go_from_the_neck_outwards_and_reach_every_keypoint() -> None:
    reached = {NECK}
    for inner, outer in LIMBS:
        assert inner in reached
        reached.add(outer)
    assert reached == set(range(18)) and len(set(LIMBS)) == 19


def test_the_mirror_swaps_sides_and_undoes_itself() -> None:
    assert KEYPOINTS[OPENPOSE_MIRROR[INDEX["left_knee"]]] == "right_knee"
    assert OPENPOSE_MIRROR[NECK] == NECK and OPENPOSE_MIRROR[INDEX["nose"]] == INDEX["nose"]
    assert OPENPOSE_MIRROR[OPENPOSE_MIRROR].tolist() == list(range(18))


def test_coco_has_all_but_the_neck() -> None:
    assert [KEYPOINTS[i] for i in COCO_FROM_OPENPOSE] == list(COCO_KEYPOINTS)
    assert set(range(18)) - set(COCO_FROM_OPENPOSE.tolist()) == {NECK}


def test_the_neck_is_midway_between_the_shoulders_and_no_surer_than_either() -> None:
    xy, score = np.zeros((2, 17, 2)), np.ones((2, 17))
    left, right = (COCO_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right"))
    xy[1, left], xy[1, right] = (10, 2), (20, 6)
    score[1, left], score[1, right] = 0.9, 0.4
    out_xy, out_score = openpose_from_coco(xy, score)
    assert out_xy.shape == (2, 18, 2) and out_score.shape == (2, 18)
    assert out_xy[1, NECK].tolist() == [15, 4] and out_score[1, NECK] == 0.4
    np.testing.assert_array_equal(out_xy[:, COCO_FROM_OPENPOSE], xy)
