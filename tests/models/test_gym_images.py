"""The labelled pictures: true labels, the same pictures again, nothing half-written."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("anny")
pytest.importorskip("numba")
cv2 = pytest.importorskip("cv2")

from models import datasets  # noqa: E402
from models.gym import images, lens, textures  # noqa: E402
from models.gym.camera import Camera  # noqa: E402
from models.gym.crowd import MOST_PEOPLE, gather  # noqa: E402
from models.gym.postures import Act, act  # noqa: E402
from models.gym.room import Room, Setting, Surfaces, photo_part  # noqa: E402
from models.gym.scene import Actor, View, draw  # noqa: E402
from models.gym.shot import SKIN_M, label, visible  # noqa: E402
from models.gym.student import Student  # noqa: E402

pytestmark = pytest.mark.slow
SIZE = (256, 192)
COUNT = images.PER_CLASS + 1  # two classes


@pytest.fixture(scope="module")
def class_() -> list[Student]:
    rng = np.random.default_rng(11)
    return [Student.random(rng, (6, 60)) for _ in range(MOST_PEOPLE)]


@pytest.fixture(scope="module")
def standing(class_) -> Act:
    """Arms down, facing -y, on the origin."""
    return act(class_[0], np.random.default_rng(3), "squat", 0.0)


def front(distance_m: float = 3.0) -> Camera:
    return Camera.around(np.array([0, 0, 0.8]), -90, 0.9, distance_m, 45, SIZE)


def empty_room(camera: Camera, **setting) -> Room:
    rng = np.random.default_rng(5)
    return Room.random(rng, Surfaces(1), Setting(1.0, camera, clear=True, **setting), None)


def draw_people(people: list[Act], camera: Camera) -> View:
    return draw([Actor(p.student, p.points) for p in people], empty_room(camera), camera)


def make(folder: Path, *more: str) -> dict:
    args = ["--count", str(COUNT), "--seed", "9", "--side", "96", "--out", str(folder), *more]
    assert images.main(args) == 0
    return json.loads((folder / "annotations.json").read_text())


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    make(folder, "--processes", "1")
    return folder


def test_projection_and_drawing_agree(standing):
    """Where the skin's vertices are projected is where the picture shows the person."""
    camera = front()
    view = draw_people([standing], camera)
    xy, away = camera.project(standing.points)
    rows, columns = np.nonzero(view.owner == 0)
    assert abs(columns.min() - xy[:, 0].min()) < 1.5
    assert abs(rows.max() - xy[:, 1].max()) < 1.5
    assert view.depth[view.owner == 0].min() == pytest.approx(away.min(), abs=0.03)
    assert view.light.shape == (192, 256, 3)
    assert np.isfinite(view.light).all()


def test_left_is_on_the_right_when_the_student_faces_the_camera(standing):
    xy, _ = front().project(standing.joints)
    assert xy[5, 0] > xy[6, 0]  # shoulders
    assert xy[0, 1] < xy[11, 1] < xy[15, 1]  # nose, hip, ankle from top to bottom


def test_a_rolled_camera_turns_the_picture_about_its_middle(standing):
    level = front()
    rolled = Camera(level.place, level.target, level.view_deg, level.size, 90.0)
    middle = np.array(SIZE) / 2 - 0.5
    straight = level.project(standing.joints)[0] - middle
    turned = rolled.project(standing.joints)[0] - middle
    assert turned == pytest.approx(np.stack([straight[:, 1], -straight[:, 0]], axis=1))


def test_nobody_before_a_person_hides_the_front(standing):
    camera = front()
    person = label(standing, 0, draw_people([standing], camera), camera)
    flags = np.array(person["keypoints"]).reshape(17, 3)[:, 2]
    assert (flags[[0, 1, 2, 5, 6, 11, 12, 13, 14]] == 2).all()


def test_the_back_of_the_head_hides_the_face(standing):
    behind = Camera.around(np.array([0, 0, 0.8]), 90, 0.9, 3.0, 45, SIZE)
    person = label(standing, 0, draw_people([standing], behind), behind)
    flags = np.array(person["keypoints"]).reshape(17, 3)[:, 2]
    assert flags[0] == 1
    assert (flags[[3, 4, 5, 6]] == 2).any()


def test_who_stands_before_another_hides_what_is_behind(standing, class_):
    other = act(class_[1], np.random.default_rng(3), "squat", 0.0).moved(np.array([0, -0.8, 0]))
    camera = front(4.0)
    view = draw_people([standing, other], camera)
    hidden = label(standing, 0, view, camera)
    flags = np.array((hidden or {"keypoints": [0] * 51})["keypoints"]).reshape(17, 3)[:, 2]
    assert (flags[[11, 12]] < 2).all()
    first = label(other, 1, view, camera)
    assert (np.array(first["keypoints"]).reshape(17, 3)[[11, 12], 2] == 2).all()


def test_visible_needs_the_persons_own_skin_close_before_the_keypoint():
    own_depth = np.full((20, 20), 5.0, np.float32)
    own_depth[:, 10:] = -np.inf  # somebody else
    xy = np.tile([[4.0, 4.0]], (17, 1))
    xy[5] = [15, 4]
    away = np.full(17, 5.04)
    seen = visible(xy, away, own_depth, SKIN_M)
    assert not seen[:3].any()  # 4 cm under the skin is too deep for a nose or an eye
    assert not seen[5]
    assert seen[[3, 4, *range(6, 17)]].all()


def test_a_person_out_of_the_picture_has_no_label(standing):
    camera = front()
    away = standing.moved(np.array([30.0, 0, 0]))
    assert label(away, 1, draw_people([standing, away], camera), camera) is None


def test_up_to_four_people_who_do_not_stand_in_each_other(class_):
    counts = set()
    for seed in range(24):
        people = gather(class_, np.random.default_rng(seed))
        counts.add(len(people))
        pelvis = np.array([p.joints[11:13].mean(0)[:2] for p in people])
        gaps = np.linalg.norm(pelvis[:, None] - pelvis[None], axis=2)[
            ~np.eye(len(people), dtype=bool)
        ]
        assert (gaps > 0.15).all()
    assert {1, 2} <= counts <= {1, 2, 3, 4}


def test_a_room_of_each_light_is_lit(standing):
    camera, dark = front(), []
    for seed in range(8):
        room = Room.random(np.random.default_rng(seed), Surfaces(1), Setting(1.0, camera), None)
        view = draw([Actor(standing.student, standing.points)], room, camera)
        assert 0.005 < view.light.mean() < 3
        dark.append(room.dim)
    assert len(set(dark)) > 2


@pytest.mark.parametrize("pattern", sorted(set(textures.PATTERNS)))
def test_cloth_has_its_two_colours(pattern):
    cloth = textures.cloth(np.random.default_rng(1), (200, 30, 30), (20, 40, 220), pattern)
    assert cloth.shape == (textures.CLOTH_PX, textures.CLOTH_PX, 3)
    assert (cloth[..., 0] > cloth[..., 2]).any()
    if pattern not in ("plain", "logo"):
        assert (cloth[..., 2] > cloth[..., 0]).any()


def test_night_is_noisier_than_day():
    light = np.full((64, 64, 3), 0.2, np.float32)

    def spread(dim: float) -> float:
        shots = [lens.photograph(np.random.default_rng(i), light, dim) for i in range(20)]
        return float(np.mean([shot.std(axis=(0, 1)).mean() for shot in shots]))

    assert spread(1.0) > spread(0.0)


def test_labels_are_coco_and_read_by_the_training_code(made):
    truth = json.loads((made / "annotations.json").read_text())
    assert [image["id"] for image in truth["images"]] == list(range(COUNT))
    ids = [a["id"] for a in truth["annotations"]]
    assert ids == list(range(1, len(ids) + 1))  # 0 is «no match» to COCO's evaluator
    sizes = {image["id"]: (image["width"], image["height"]) for image in truth["images"]}
    for person in truth["annotations"]:
        joints = np.array(person["keypoints"]).reshape(17, 3)
        x, y, width, height = person["bbox"]
        assert person["num_keypoints"] == (joints[:, 2] > 0).sum()
        assert 0 < person["area"] <= width * height
        across, down = sizes[person["image_id"]]
        assert 0 <= x < x + width <= across
        assert 0 <= y < y + height <= down
        assert (joints[:, :2] <= [across - 1, down - 1]).all()
    samples = datasets.load_source(made.parent, datasets.Source(made.name, people="all"), "train")
    assert len(samples) == COUNT
    assert sum(len(s.xy) for s in samples) >= COUNT
    for sample, image in zip(samples, truth["images"]):
        assert datasets.read_picture(sample.image).shape == (image["height"], image["width"], 3)


def test_keypoints_in_3d_project_to_those_in_2d(made):
    truth = json.loads((made / "annotations.json").read_text())
    pictures = {image["id"]: image for image in truth["images"]}
    for person in truth["annotations"]:
        image = pictures[person["image_id"]]
        seen = np.array(person["keypoints_3d"]).reshape(17, 3)
        joints = np.array(person["keypoints"]).reshape(17, 3)
        middle = np.array([image["width"], image["height"]]) / 2 - 0.5
        xy = seen[:, :2] / seen[:, 2:] * image["focal_px"] + middle
        labelled = joints[:, 2] > 0
        assert xy[labelled] == pytest.approx(joints[labelled, :2], abs=0.3)


def test_same_bytes_from_two_processes_and_after_a_break(made, tmp_path, capsys):
    """The break: the second class's labels are lost and one of its pictures is half-written."""
    make(tmp_path, "--processes", "2")
    assert _contents(tmp_path) == _contents(made)
    (tmp_path / "annotations.json").unlink()
    (tmp_path / "parts" / "000001.json").unlink()
    (tmp_path / "images" / f"{COUNT - 1:06d}.jpg").write_bytes(b"half")
    make(tmp_path, "--processes", "1")
    assert _contents(tmp_path) == _contents(made)
    capsys.readouterr()


def _contents(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_another_seed_in_the_same_folder_is_refused(made, capsys):
    args = ["--count", "1", "--seed", "10", "--side", "96", "--out", str(made)]
    assert images.main(args) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "bad",
    [["--count", "0"], ["--side", "20"], ["--seed", "-1"], ["--processes", "0"],
     ["--backgrounds", "nowhere"]],
)  # fmt: skip
def test_bad_arguments_end_with_one_sentence(bad, tmp_path, capsys):
    assert images.main([*bad, "--out", str(tmp_path / "x")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_backgrounds_leave_the_held_out_pictures_alone(tmp_path):
    folder = tmp_path / "empty" / "images"
    folder.mkdir(parents=True)
    for number in range(8):
        (folder / f"{number}.jpg").write_bytes(b"x")
    names = [path.name for path in images.photographs(tmp_path / "empty")]
    assert names == ["1.jpg", "2.jpg", "3.jpg", "5.jpg", "6.jpg", "7.jpg"]


def test_a_photograph_is_cut_to_size():
    photo = np.random.default_rng(0).integers(0, 255, (30, 50, 3)).astype(np.uint8)
    assert photo_part(np.random.default_rng(1), photo, (64, 48)).shape == (48, 64, 3)
