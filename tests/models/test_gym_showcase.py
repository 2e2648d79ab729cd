"""The clip that ships: what its pictures are made of."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("numba")

from models.gym.body import anatomy
from models.gym.exercises import sit_up
from models.gym.limbs import SIDES, closed_hand
from models.gym.mesh import quartered, rounded
from models.gym.showcase import HABIT, Showcase
from models.gym.student import Student

pytestmark = pytest.mark.slow
OCTAHEDRON = np.array(
    [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
)
CORNERS = np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float64
)


@pytest.fixture(scope="module")
def clip() -> Showcase:
    return Showcase((160, 90), 5)


def test_a_quartered_mesh_stays_closed_and_grows_round() -> None:
    faces, edges, opposite = quartered(OCTAHEDRON, 6)
    assert faces.shape == (32, 3) and edges.shape == (12, 2) and (opposite >= 0).all()
    sides = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    assert (np.unique(sides, axis=0, return_counts=True)[1] == 2).all()
    points = rounded(CORNERS, edges, opposite)
    flat = np.concatenate([CORNERS, CORNERS[edges].mean(1)])
    assert unevenness(points) < 0.5 * unevenness(flat)


def unevenness(points: np.ndarray) -> float:
    """How far from a ball."""
    radii = np.linalg.norm(points, axis=1)
    return float(np.ptp(radii) / radii.mean())


def test_the_edge_of_an_open_mesh_stays_where_it_is() -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float64)
    faces, edges, opposite = quartered(np.array([[0, 1, 2], [0, 2, 3]]), 4)
    assert len(faces) == 8 and (opposite[:, 1] < 0).sum() == 4
    points = rounded(square, edges, opposite)
    assert (points[:4] == square).all() and (points[:, 2] == 0).all()


def test_a_fine_body_has_the_coarse_ones_size_and_joints(clip: Showcase) -> None:
    coarse = anatomy().figure(clip.student.build)
    fine = clip.student.figure
    assert len(fine.anatomy.faces) == 4 * len(coarse.anatomy.faces)
    assert np.ptp(fine.rest, axis=0) == pytest.approx(np.ptp(coarse.rest, axis=0), rel=0.02)
    still = np.tile(np.eye(3, 4), (1, len(fine.joints), 1, 1))
    assert np.abs(fine.keypoints(still) - coarse.keypoints(still)).max() < 0.01
    assert np.isclose(fine.anatomy.shares.sum(1), 1).all()


def test_hems_run_where_the_shares_of_cloth_and_skin_are_equal() -> None:
    student = Student.random(np.random.default_rng(4), (12, 16))
    shirt, trousers = student.worn.T
    bare = 1 - shirt - trousers
    body = slice(0, len(anatomy().shares))
    of_shirt, of_trousers = np.isin(student.texture, (0, 1)), student.texture == 2
    assert (shirt[of_shirt] > bare[of_shirt]).all()
    assert (trousers[of_trousers] > bare[of_trousers]).all()
    assert (bare[body][student.texture[body] < 0] > 0.3).all()


def test_a_settled_seat_touches_the_floor(clip: Showcase) -> None:
    depth = np.linspace(0, 1, 5)
    for settled, most_m in ((1, 0.06), (3, 0.002)):
        posture = sit_up(clip.student, depth, HABIT, settled=settled)
        assert np.abs(clip.student.lowest(posture, "trunk")).max() < most_m


def test_a_closed_hand_is_narrower_and_curled_shorter(clip: Showcase) -> None:
    figure, wrist = clip.student.figure, np.eye(3)[None]
    for side in SIDES:
        tips = []
        for curl_deg in (0.0, 25.0):
            turns = {
                f"wrist.{side}": wrist,
                **closed_hand(figure, side, wrist, np.array([curl_deg])),
            }
            heads = figure.place(turns, np.zeros((1, 3)))[1][0]
            bones = figure.anatomy.bones
            tips.append([heads[bones[f"finger{n}-3.{side}"]] for n in range(2, 6)])
        rest = [figure.joint(f"finger{n}-3.{side}") for n in range(2, 6)]
        root = figure.joint(f"wrist.{side}")
        assert np.linalg.norm(tips[0][0] - tips[0][3]) < np.linalg.norm(rest[0] - rest[3])
        assert (
            np.linalg.norm(tips[1] - root, axis=1).max()
            < np.linalg.norm(tips[0] - root, axis=1).max()
        )


def test_ten_are_proper_one_is_low_and_in_one_the_hands_push(clip: Showcase) -> None:
    truth = clip.timeline.as_json()
    assert {kind: len(reps) for kind, reps in truth.items()} == {
        "reps": 10, "incomplete": 1, "faulty": 1,
    }  # fmt: skip
    assert clip.timeline.duration_s < 45
    low, pushed = truth["incomplete"][0], truth["faulty"][0]
    _, joints = clip.student.show(clip.posture)
    wrist_m = np.minimum(joints[:, 9, 2], joints[:, 10, 2])
    shoulder_m = joints[:, 5:7, 2].mean(1)
    at = {name: round(rep["extreme_s"] * 5) for name, rep in (("low", low), ("pushed", pushed))}
    best = shoulder_m.max()
    assert shoulder_m[at["low"]] < 0.75 * best < shoulder_m[at["pushed"]]
    assert wrist_m[at["pushed"]] < 0.15 < wrist_m[at["low"]]


def test_the_picture_is_bright_and_the_student_is_in_it(clip: Showcase) -> None:
    image, xy = next(iter(clip))
    assert image.shape == (90, 160, 3) and 90 < image.mean() < 220
    assert (xy > 0).all() and (xy < (160, 0.83 * 90)).all()  # above the band
