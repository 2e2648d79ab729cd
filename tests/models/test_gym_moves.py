"""Drawn movements: the truth is where the body is extreme, and means what the product means."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("numba")
cv2 = pytest.importorskip("cv2")

from edge_app.exercise.counter import RepCounter  # noqa: E402
from edge_app.exercise.definition import find_exercise  # noqa: E402
from edge_app.values import Pose  # noqa: E402
from models.gym.exercises import Habit, sit_up, squat  # noqa: E402
from models.gym.moves import __main__ as command  # noqa: E402
from models.gym.moves import sheet  # noqa: E402
from models.gym.moves.archive import FAULTS, as_arrays, draw, write  # noqa: E402
from models.gym.moves.drills import EXERCISES, drill  # noqa: E402
from models.gym.moves.errors import Flaws, seen_by_network  # noqa: E402
from models.gym.moves.joints import AT, Skeleton, blended  # noqa: E402
from models.gym.moves.movement import movement, repetitions  # noqa: E402
from models.gym.moves.project import project  # noqa: E402
from models.gym.moves.script import Rhythm, course, draw_set  # noqa: E402
from models.gym.moves.track import LABELS, Track3D  # noqa: E402
from models.gym.moves.view import look  # noqa: E402
from models.gym.student import Student  # noqa: E402

COUNTED = tuple(name for name in EXERCISES if name != "plank")


@pytest.fixture(scope="module")
def student() -> Student:
    return Student.random(np.random.default_rng(4), (12, 16))


@pytest.fixture(scope="module")
def skeleton(student) -> Skeleton:
    return Skeleton(student)


def measure(exercise: str, joints: np.ndarray) -> np.ndarray:
    """What grows from rest to the turn, (frames,): a height or a distance in metres."""
    at = {name: joints[:, number] for name, number in AT.items()}

    def both(name: str) -> np.ndarray:
        return (at[f"left_{name}"] + at[f"right_{name}"]) / 2

    apart = np.linalg.norm(at["left_ankle"] - at["right_ankle"], axis=1)
    return {
        "sit-up": both("shoulder")[:, 2], "crunch": both("shoulder")[:, 2],
        "v-sit-up": -np.linalg.norm(both("shoulder") - both("ankle"), axis=1),
        "push-up": -both("shoulder")[:, 2], "squat": -both("hip")[:, 2],
        "hand-release push-up": both("wrist")[:, 2] - both("shoulder")[:, 2],
        "lunge": -both("hip")[:, 2], "pull-up": both("shoulder")[:, 2], "jumping jack": apart,
        "curl": np.maximum(at["left_wrist"][:, 2], at["right_wrist"][:, 2]),
        "burpee": np.linalg.norm((both("wrist") - both("ankle"))[:, :2], axis=1),
        "rope skipping": both("hip")[:, 2],
    }[exercise]  # fmt: skip


@pytest.mark.parametrize("exercise", COUNTED)
@pytest.mark.parametrize("seed", [0, 1])
def test_phase_is_zero_at_rest_and_pi_at_the_turn(skeleton, exercise, seed):
    rng = np.random.default_rng(seed)
    part = repetitions(skeleton, drill(skeleton, rng, exercise), rng, steady=True)
    value = measure(exercise, part.joints)
    assert len(part.reps) >= 2
    for rep in part.reps:
        start, turn, turned, end = (
            min(round(t * 60), len(value) - 1)
            for t in (rep.start_s, rep.turn_s, rep.turned_s, rep.end_s)
        )
        assert abs(part.phase[turn] - np.pi) < 0.45  # a frame of the quickest rope skipping
        within = value[start : end + 1]
        moved = np.ptp(within)
        if rep.fault not in ("", "partial", "return", "trip"):
            continue  # the form's fault may change the extreme
        assert within[turn - start : turned - start + 1].max() > within.max() - 0.1 * moved
        assert max(value[start], value[end]) < within.max() - 0.3 * moved
    assert (part.phase[~part.inside] == 0).all()
    assert ((part.phase >= 0) & (part.phase < 2 * np.pi)).all()


def test_phase_runs_once_round_in_each_repetition():
    rng = np.random.default_rng(3)
    rhythm = Rhythm.random(rng, "squat", (0.3, 1.0))
    reps = draw_set(rng, rhythm, 8, 1, ("lean",))
    t_s = np.linspace(0, reps[-1].end_s, 4000)
    state = course(reps, rhythm, t_s)
    for rep in reps:
        phase = state.phase[(t_s > rep.start_s) & (t_s < rep.end_s)]
        assert (np.diff(phase) >= -1e-9).all()
        assert phase[0] < 0.3 and phase[-1] > 2 * np.pi - 0.3
        at_turn = course(reps, rhythm, np.array([rep.turn_s, rep.turned_s]))
        assert at_turn.phase == pytest.approx(np.pi, abs=1e-6)
        assert at_turn.depth == pytest.approx(rep.depth, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("exercise", ["sit-up", "push-up", "squat"])
def test_the_product_finds_the_valid_repetitions_of_clean_side_views(exercise):
    """Truth and product mean the same: valid ones are found at their turn, and no others."""
    hits = valid = more = 0
    for seed in range(11, 16):
        track = movement(np.random.default_rng(seed), (exercise,))
        hips = np.median(track.joints[track.label > 0], axis=0)
        left = hips[AT["left_hip"]] - hips[AT["right_hip"]]
        side = float(np.degrees(np.arctan2(left[1], left[0])))
        seen = project(track, np.random.default_rng(seed), clean=True, azimuth_deg=side)
        counter, found = RepCounter(find_exercise(exercise)), []
        for xy, score, t_s in zip(seen.poses, seen.scores, seen.t_s, strict=True):
            found += counter.update(Pose(xy, score, float(t_s)))
        found += counter.finish()
        first, last = seen.t_s[[0, -1]]
        for _, rep in track.reps:
            if rep.fault == "" and rep.depth > 0.8 and rep.start_s >= first and rep.end_s <= last:
                valid += 1
                hits += any(rep.turn_s - 0.3 < r.extreme_s < rep.turned_s + 0.3 for r in found)
        spans = [(rep.start_s - 0.3, rep.end_s + 0.3) for _, rep in track.reps]
        more += sum(not any(a < r.extreme_s < b for a, b in spans) for r in found)
    assert valid >= 30
    assert hits >= 0.96 * valid
    assert more <= 2


def test_joints_without_skinning_are_those_of_the_figure(student, skeleton):
    for make in (sit_up, squat):
        posture = make(student, np.linspace(0, 1, 5), Habit("head", 1.0, 85, 35, 12))
        exact = student.show(posture)[1]
        assert np.linalg.norm(skeleton(posture) - exact, axis=-1).max() < 0.03


def test_blending_turns_limbs_without_shrinking_them(student, skeleton):
    posture = squat(student, np.array([0.0, 1.0]), Habit("front", 1.0, 85, 35, 12))
    joints = skeleton(posture)
    thigh = blended(joints[:1], joints[1:], np.linspace(0, 1, 9))[:, [11, 13]]
    long = np.linalg.norm(thigh[:, 0] - thigh[:, 1], axis=1)
    assert long.min() > min(long[0], long[-1]) - 1e-9
    assert long.max() < max(long[0], long[-1]) + 1e-9


@pytest.fixture(scope="module")
def track() -> Track3D:
    return movement(np.random.default_rng(5), ("squat", "rope skipping"))


def test_a_track_is_continuous_and_on_the_floor(track):
    joints = track.joints.astype(float)
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max(1) * 60
    assert np.quantile(speed, 0.99) < 12  # metres a second
    assert joints[..., 2].min() > -0.1
    assert {LABELS[i] for i in np.unique(track.label)} == {"none", "squat", "rope skipping"}
    assert [LABELS[label] for label, _ in track.reps[:1]] == ["squat"]
    for label, rep in track.reps:
        middle = round((rep.turn_s + rep.turned_s) * 30)
        assert track.label[middle] == label
        assert track.inside[middle]


def test_bystanders_have_no_repetitions():
    track = movement(np.random.default_rng(6), ())
    assert not track.reps
    assert not track.label.any()
    assert not track.phase.any()


def test_scores_are_zero_where_a_keypoint_is_missing_and_fall_where_it_is_hidden(track):
    for seed in range(4):
        seen = project(track, np.random.default_rng(seed))
        assert seen.poses.shape == (len(seen.t_s), 18, 2)
        assert (np.diff(seen.t_s) > 0).all()
        assert ((seen.scores >= 0) & (seen.scores <= 1)).all()
        assert (seen.poses[seen.scores == 0] == 0).all()
        assert np.isfinite(seen.poses).all()
    rng = np.random.default_rng(7)
    view = look(track, rng, 0.0)
    _, score = seen_by_network(view, rng, Flaws.random(rng))
    plain = score[~view.hidden & ~view.outside].mean()
    assert score[view.hidden & ~view.outside].mean() < 0.7 * plain


def test_always_swapped_sides_are_swapped(track):
    rng = np.random.default_rng(8)
    view = look(track, rng, 90.0)
    still = dict.fromkeys(Flaws.__dataclass_fields__, 0.0)
    flaws = Flaws(**{**still, "score": 0.9, "far": "exact", "lost": "missing",
                     "always_swapped": False})  # type: ignore[arg-type]  # fmt: skip
    right = seen_by_network(view, np.random.default_rng(1), flaws)[0]
    seen = right != 0
    assert np.abs(right - view.xy)[seen].max() < 1e-6


def test_the_archive_has_the_truth_of_each_picture(track, tmp_path):
    rng = np.random.default_rng(9)
    seen = project(track, rng)
    arrays = as_arrays(track, seen)
    write([arrays, arrays], 9, tmp_path / "two.npz")
    read = np.load(tmp_path / "two.npz")
    assert read["first"].tolist() == [0, len(seen.t_s), 2 * len(seen.t_s)]
    assert len(read["rep_track"]) == len(read["rep_s"]) == 2 * len(arrays["rep_depth"])
    assert (np.diff(read["rep_s"], axis=1) >= 0).all()
    assert set(read["faults"][read["rep_fault"]]) <= set(FAULTS)
    back = read["poses"][: len(seen.t_s)] * max(seen.view.size) + (np.array(seen.view.size) - 1) / 2
    shown = (seen.scores > 0) & (np.abs(seen.poses) < 600).all(-1)
    assert np.abs(back - seen.poses)[shown].max() < 1.0
    for start, turn, _, _ in read["rep_s"][:3]:
        first = int(np.searchsorted(arrays["t_s"], start + 0.6 * (turn - start)))
        if 0 < first < len(arrays["t_s"]) and start > 0:
            assert arrays["exercise"][first] > 0


@pytest.mark.slow
def test_the_same_seed_gives_the_same_tracks_whatever_the_processes():
    one, two = ([t["poses"] for t in draw(1.0, 3, processes)] for processes in (1, 2))
    assert len(one) == len(two)
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


@pytest.mark.slow
def test_the_command_writes_an_archive(tmp_path, capsys):
    out = tmp_path / "tracks.npz"
    assert command.main(["--minutes", "0.5", "--seed", "4", "--out", str(out)]) == 0
    assert "repetitions" in capsys.readouterr().out
    with np.load(out) as read:
        seconds = sum(read["t_s"][last - 1] for last in read["first"][1:])
        assert seconds >= 30
        assert len(read["poses"]) == len(read["phase"]) == len(read["kind"]) == read["first"][-1]


@pytest.mark.parametrize(
    "bad", [["--minutes", "0", "--out", "x.npz"], ["--minutes", "1", "--out", "x.zip"]]
)
def test_bad_arguments_end_with_one_sentence(bad, capsys):
    assert command.main(bad) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_sheet_shows_three_students_with_moments_that_differ(tmp_path):
    out = tmp_path / "squat.png"
    assert sheet.main(["--exercise", "squat", "--out", str(out)]) == 0
    picture = cv2.imread(str(out))
    assert picture.shape == (sheet.ROWS * sheet.CELL, sheet.MOMENTS * sheet.CELL, 3)
    cells = np.split(picture[: sheet.CELL], sheet.MOMENTS, axis=1)
    assert sum((cell != cells[0]).any() for cell in cells) >= sheet.MOMENTS - 2
    assert sheet.main(["--exercise", "tennis", "--out", str(out)]) == 2
