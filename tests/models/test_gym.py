"""The synthetic students: same seed, same pictures; the truth beside them is true."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("numba")
cv2 = pytest.importorskip("cv2")

from models.gym import clip, motion  # noqa: E402
from models.gym.body import Build, anatomy  # noqa: E402
from models.gym.exercises import EXERCISES, Habit  # noqa: E402
from models.gym.postures import JUMPS, WEIGHTS, act  # noqa: E402
from models.gym.student import Student  # noqa: E402

pytestmark = pytest.mark.slow
LEFT_KNEE, RIGHT_KNEE, LEFT_HIP, LEFT_ANKLE, NOSE = 13, 14, 11, 15, 0


@pytest.fixture(scope="module")
def student() -> Student:
    return Student.random(np.random.default_rng(4), (12, 16))


@pytest.mark.parametrize(
    ("exercise", "reps", "incomplete"),
    [("sit-up", 10, 0), ("push-up", 5, 2), ("squat", 1, 0)],
)
def test_times_increase_and_are_counted(exercise, reps, incomplete):
    line = motion.Timeline.random(np.random.default_rng(1), exercise, reps, incomplete)
    times = np.array([(rep.start_s, rep.extreme_s, rep.end_s) for rep in line.reps])
    assert len(times) == reps
    assert (np.diff(times.ravel()) > 0).all()
    assert line.duration_s > times[-1, -1]
    truth = line.as_json()
    assert len(truth["reps"]) == reps - incomplete
    assert len(truth["incomplete"]) == incomplete


def test_depth_follows_the_times():
    line = motion.Timeline.random(np.random.default_rng(2), "squat", 3)
    for rep in line.reps:
        start, extreme, end = line.depth_at(np.array([rep.start_s, rep.extreme_s, rep.end_s]))
        assert start == pytest.approx(0, abs=1e-9)
        assert extreme == pytest.approx(rep.depth)
        assert end == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("seed", [0, 1])
def test_students_touch_the_floor_and_stay_where_they_are(student, exercise, seed):
    depth = np.linspace(0, 1, 5)
    habit = Habit.random(np.random.default_rng(seed), exercise)
    posture = EXERCISES[exercise](student, depth, habit)
    assert np.abs(student.lowest(posture, "foot")).max() < 0.02
    _, joints = student.show(posture)
    ankles = joints[:, LEFT_ANKLE]
    assert np.ptp(ankles, axis=0).max() < (0.06 if exercise == "push-up" else 0.02)
    if exercise == "push-up":
        assert np.abs(student.lowest(posture, "hand")).max() < 0.005
        assert np.ptp(joints[:, 9], axis=0).max() < 0.01


def test_left_is_left(student):
    """The squatting student faces -y, so the left side is at positive x and the nose in front."""
    posture = EXERCISES["squat"](
        student, np.zeros(1), Habit.random(np.random.default_rng(0), "squat")
    )
    joints = student.show(posture)[1][0]
    assert joints[LEFT_KNEE, 0] > 0 > joints[RIGHT_KNEE, 0]
    assert joints[NOSE, 1] < joints[LEFT_HIP, 1]
    assert joints[NOSE, 2] > joints[LEFT_HIP, 2] > joints[LEFT_KNEE, 2] > joints[LEFT_ANKLE, 2] > 0


def test_adults_are_taller_than_children():
    heights = [
        np.ptp(anatomy().figure(Build(age, 0.5, 0.5, 0.5, 0.4, 0.5)).rest[:, 2])
        for age in (8, 12, 30)
    ]
    assert heights == sorted(heights)
    assert 1.1 < heights[0] < 1.5 < heights[2] < 2.0


@pytest.mark.parametrize("movement", WEIGHTS)
def test_keypoints_lie_within_the_body_and_bodies_above_the_floor(student, movement):
    for seed in range(2):
        person = act(student, np.random.default_rng(seed), movement)
        points, joints = person.points, person.joints
        assert (joints > points.min(0) - 0.03).all()
        assert (joints < points.max(0) + 0.03).all()
        assert points[:, 2].min() >= 0.002 - 1e-6
        assert joints[:, 2].min() > -0.03
        if movement == "pull-up":
            assert person.bar is not None
            assert np.linalg.norm(joints[9:11] - person.bar, axis=1).max() < 0.6
            assert points[:, 2].min() > 0.01
        elif movement not in JUMPS:
            assert points[:, 2].min() < 0.01


def test_only_the_jump_of_a_burpee_leaves_the_floor(student):
    """Its crouches and supports once hovered as high as their hips were."""
    for seed in range(12):
        part = np.random.default_rng(seed).choice(["jump", "crouch", "support"])  # the first draw
        burpee = act(student, np.random.default_rng(seed), "burpee")
        height_m = burpee.points[:, 2].min()
        assert 0.01 < height_m < 0.35 if part == "jump" else height_m < 0.01


def test_clip_is_readable_and_lasts_as_long_as_its_truth_says(tmp_path, capsys):
    out = tmp_path / "squat.mp4"
    args = ["--exercise", "squat", "--reps", "1", "--seed", "3", "--size", "128x96", "--fps", "10"]
    assert clip.main([*args, "--out", str(out)]) == 0
    truth = json.loads(out.with_suffix(".json").read_text())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["squat.json", "squat.mp4"]
    video = cv2.VideoCapture(str(out))
    frames = []
    while (got := video.read())[0]:
        frames.append(got[1])
    assert b"avc1" in out.read_bytes()
    assert len(frames) == truth["frames"] == len(truth["keypoints"])
    assert truth["reps"][-1]["end_s"] + motion.REST_S[1] == pytest.approx(
        len(frames) / 10, abs=0.06
    )
    assert frames[0].shape == (96, 128, 3)
    nose_y = np.array(truth["keypoints"])[:, 1]
    lowest_s = float(np.argmax(nose_y)) / truth["fps"]
    rep = truth["reps"][0]
    assert rep["extreme_s"] - 0.3 < lowest_s < rep["end_s"]
    capsys.readouterr()


def test_same_seed_same_frames():
    plan = clip.ClipPlan("sit-up", 1, 0, 6, (128, 96), 5, "random")
    pictures = [next(iter(clip.Frames(plan))) for _ in range(2)]
    assert (pictures[0][0] == pictures[1][0]).all()
    assert (pictures[0][1] == pictures[1][1]).all()
    other = clip.Frames(clip.ClipPlan("sit-up", 1, 0, 7, (128, 96), 5, "random"))
    assert other.timeline != clip.Frames(plan).timeline


@pytest.mark.parametrize(
    "bad",
    [
        ["--exercise", "sing"],
        ["--exercise", "squat", "--reps", "0"],
        ["--exercise", "squat", "--size", "big"],
        ["--exercise", "squat", "--size", "101x90"],
        ["--exercise", "squat", "--fps", "0"],
        ["--exercise", "squat", "--view", "moon"],
        ["--exercise", "squat", "--incomplete", "99"],
    ],
)
def test_bad_arguments_end_with_one_sentence(bad, tmp_path, capsys):
    assert clip.main([*bad, "--out", str(tmp_path / "x.mp4")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("module", "wrong"), [("clip", ["--exercise", "sing"]), ("images", ["--count", "0"])]
)
def test_command_line_needs_no_renderer_to_explain_itself(module, wrong):
    """The help and the argument checks work without the extra `synthetic`."""
    run = (
        "import sys; sys.modules.update(dict.fromkeys(('anny', 'numba', 'torch')));"
        f"from models.gym.{module} import main;"
        f"assert main([*{wrong}, '--out', 'x.mp4']) == 2; main(['--help'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=Path(__file__).parents[2], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "--out" in done.stdout, done.stderr
