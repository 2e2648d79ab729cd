"""What is new on the walls, around the feet and in the form of the rendered students."""

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("numba")
cv2 = pytest.importorskip("cv2")

from models.gym import decor, faults, posters  # noqa: E402
from models.gym.camera import Camera  # noqa: E402
from models.gym.crowd import MOST_PEOPLE, gather  # noqa: E402
from models.gym.helper import STANCES, holding  # noqa: E402
from models.gym.light import light_of  # noqa: E402
from models.gym.mirror import Side  # noqa: E402
from models.gym.postures import act, settled  # noqa: E402
from models.gym.room import Parts, Room, Setting, Surfaces  # noqa: E402
from models.gym.scene import Actor, View, draw  # noqa: E402
from models.gym.shot import FILLS, aim, reflections  # noqa: E402
from models.gym.student import Student  # noqa: E402

pytestmark = pytest.mark.slow
SIZE = (192, 144)
ANKLES, WRISTS, HIPS = slice(15, 17), slice(9, 11), slice(11, 13)


@pytest.fixture(scope="module")
def class_() -> list[Student]:
    rng = np.random.default_rng(21)
    return [Student.random(rng, (8, 40)) for _ in range(MOST_PEOPLE)]


def lying(student: Student, seed: int = 0):
    return act(student, np.random.default_rng(seed), "sit-up", 0.0)


@pytest.mark.parametrize("pose", STANCES)
def test_a_helper_faces_the_student_and_has_the_hands_at_the_shins(class_, pose):
    for seed in range(3):
        held = lying(class_[0], seed)
        helper = holding(class_[1], np.random.default_rng(seed), held, pose)
        shins = np.linspace(held.joints[ANKLES].mean(0), held.joints[13:15].mean(0), 9)
        gaps = np.linalg.norm(shins - helper.joints[WRISTS].mean(0), axis=1)
        assert gaps.min() < 0.16, pose
        assert helper.points[:, 2].min() == pytest.approx(0, abs=0.01)
        to_hips = (held.joints[HIPS].mean(0) - helper.joints[HIPS].mean(0))[:2]
        ahead = np.array([np.sin(helper.facing_rad), -np.cos(helper.facing_rad)])
        if pose != "beside":
            assert to_hips @ ahead / np.linalg.norm(to_hips) > 0.8


def test_gathered_pairs_have_helpers(class_):
    helped = 0
    for seed in range(30):
        people = gather(class_, np.random.default_rng(seed))
        helped += any(p.movement == "helper" for p in people[1:2])
    assert helped > 2


@pytest.mark.parametrize("movement", faults.FAULTY)
def test_faulty_repetitions_are_on_the_floor_and_differ_from_proper_ones(class_, movement):
    ankles = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        posture = faults.FAULTY[movement](class_[0], np.array([0.5]), rng)
        person = settled(class_[0], posture, rng, movement, 0.0)
        assert person.points[:, 2].min() < 0.01
        assert np.isfinite(person.joints).all()
        ankles.append(person.joints - person.joints[HIPS].mean(0))
    assert np.ptp(np.stack(ankles), axis=0).max() > 0.1


def test_one_limb_off_moves_one_limb(class_):
    from models.gym.postures import MOVEMENTS

    rng = np.random.default_rng(2)
    posture = MOVEMENTS["jumping-jack"](class_[0], rng)
    off = faults.one_limb_off(posture, rng, "jumping-jack")
    before, after = (class_[0].show(p)[1][0] for p in (posture, off))
    moved = np.linalg.norm(after - before, axis=1) > 0.02
    limbs = [{7, 9}, {8, 10}, {13, 15}, {14, 16}]
    assert any(moved[list(limb)].any() for limb in limbs)
    assert sum(moved[list(limb)].any() for limb in limbs) == 1
    assert not moved[[0, 5, 6, 11, 12]].any()


def hall() -> tuple[Room, Side]:
    """A floor and one wall at y = 3, seen from smaller y."""
    parts = Parts(np.random.default_rng(1))
    side = Side(np.array([0.0, 1, 0]), np.array([1.0, 0, 0]), 3.0, 4.0)
    parts.rectangle((-9, -9, 0), (18, 0, 0), (0, 18, 0), parts.thing((120, 120, 120)))
    parts.rectangle((-9, 3, 0), (18, 0, 0), (0, 0, 4), parts.thing((90, 90, 90)))
    light, dim = light_of(np.random.default_rng(0), "hall", np.array([0.0, 1, 0]))
    return Room(parts.walls(), parts.levels, parts.texel_m, light, dim, None, (side,)), side


def with_mirror(camera: Camera, seed: int = 0) -> Room:
    share = decor.MIRROR_SHARE
    decor.MIRROR_SHARE = 1.0
    try:
        return decor.decorated(np.random.default_rng(seed), hall()[0], camera, posters.Posters(1))
    finally:
        decor.MIRROR_SHARE = share


def test_a_mirror_shows_the_student_from_the_other_side(class_):
    """Reflected points are where the reflection is seen, and belong to nobody."""
    person = act(class_[0], np.random.default_rng(3), "squat", 0.4)
    camera = Camera.around(np.array([0, 0, 0.8]), -60, 1.2, 3.0, 60, SIZE)
    room = with_mirror(camera)
    assert room.mirror is not None
    view = draw([Actor(person.student, person.points)], room, camera)
    rows, columns = np.nonzero(view.reflected == 0)
    assert len(rows) > 50
    plane_m = float(room.mirror.corner[1])
    behind = person.points * [1, -1, 1] + [0, 2 * plane_m, 0]
    xy = camera.project(behind)[0]
    assert columns.max() <= xy[:, 0].max() + 1.5
    assert columns.min() >= xy[:, 0].min() - 1.5
    assert rows.min() == pytest.approx(max(0, xy[:, 1].min()), abs=2.5)
    assert (view.owner[view.reflected == 0] == -1).all()
    assert (view.owner == 0).any()


def _glassy(glass: np.ndarray, reflected: np.ndarray) -> View:
    depth = np.ones(glass.shape, np.float32)
    return View(depth[..., None], depth, np.full(glass.shape, -1), glass, reflected)


def test_a_reflection_is_left_out_only_where_no_edge_tells_it_from_a_person():
    reflected = np.full((40, 80), -1)
    reflected[10:30, 30:40] = 0
    everywhere = np.ones((40, 80), bool)
    (box,) = reflections(_glassy(everywhere, reflected))
    assert box["bbox"] == [30, 10, 10, 20]
    assert box["num_keypoints"] == 0
    framed = everywhere.copy()
    framed[:, :25] = False
    assert reflections(_glassy(framed, reflected)) == []
    assert reflections(_glassy(~everywhere, reflected)) == []


def test_posters_are_flat_and_nobody_in_them_is_labelled(class_):
    camera = Camera.around(np.array([0, 0, 1.2]), -90, 1.4, 4.0, 60, SIZE)
    room, _ = hall()
    patch = decor.patch_behind(room.sides, camera)
    assert patch is not None
    assert patch.middle_m == pytest.approx(0, abs=0.01)
    hung = decor._with_posters(np.random.default_rng(5), room, patch, posters.Posters(3))
    assert len(hung.walls.rectangles) > len(room.walls.rectangles)
    person = act(class_[0], np.random.default_rng(3), "stand", 0.0).moved(np.array([40.0, 0, 0]))
    plain, decorated = (
        draw([Actor(person.student, person.points)], r, camera) for r in (room, hung)
    )
    assert (decorated.owner == -1).all()
    changed = np.abs(decorated.light - plain.light).max(2) > 0.02
    assert changed.mean() > 0.005
    assert (decorated.depth[changed] > 3).all()


@pytest.mark.parametrize("seed", range(6))
def test_a_poster_has_more_than_its_ground(seed):
    image = posters.poster(np.random.default_rng(seed))
    assert image.dtype == np.uint8
    assert image.shape[0] % 8 == 0
    assert image.shape[1] % 8 == 0
    assert image.reshape(-1, 3).std(0).max() > 4


def test_windows_behind_make_people_dark(class_):
    camera = Camera.around(np.array([0, 0, 0.9]), -90, 1.2, 4.0, 60, SIZE)
    room, _ = hall()
    patch = decor.patch_behind(room.sides, camera)
    person = act(class_[0], np.random.default_rng(3), "stand", 0.0)
    bright = decor._with_windows(np.random.default_rng(1), room, patch)
    view = draw([Actor(person.student, person.points)], bright, camera)
    mine = view.owner == 0
    assert view.light[mine].mean() < 0.25 * np.percentile(view.light[~mine], 90)


def test_far_cameras_show_people_small(class_):
    people = [act(class_[0], np.random.default_rng(1), "stand")]
    shares = []
    for seed in range(60):
        camera = aim(np.random.default_rng(seed), people, SIZE)
        xy = camera.project(people[0].points)[0]
        shares.append(float((np.ptp(xy, axis=0) / SIZE).max()))
    far = [share for share in shares if share < FILLS[0][1] + 0.03]
    assert 3 <= len(far) <= 25


def test_decoration_leaves_clips_as_they_were():
    """Rooms of clips are drawn without it: their seeds show what they always showed."""
    camera = Camera.around(np.array([0, 0, 0.9]), -90, 1.2, 4.0, 60, SIZE)
    room = Room.random(np.random.default_rng(2), Surfaces(1), Setting(1.0, camera), None)
    assert room.mirror is None
    assert len(room.sides) == 4
