"""Hard examples: how a picture's fault is counted, and the set made of the worst."""

from __future__ import annotations

import csv
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")

from edge_app.pose.person import Person  # noqa: E402
from edge_app.pose.still import find_people  # noqa: E402
from edge_app.skeleton import openpose_from_coco  # noqa: E402
from models import hard_examples  # noqa: E402
from models.checkpoint import save_checkpoint  # noqa: E402
from models.datasets import Sample, Source, load_source  # noqa: E402
from models.negative_frames import frames_of  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402
from models.torch_backend import open_weights  # noqa: E402

from .pictures import BODY, write_set  # noqa: E402

WEIGHTS = Path(__file__).parents[2] / "models/weights/pose-fast.onnx"
Seen = hard_examples.Seen
LABELS = 17  # of a body in `pictures`


def body(shift_px: float = 0.0) -> Person:
    xy, seen = openpose_from_coco(BODY.astype(np.float32), np.full(17, 2.0, np.float32))
    return Person(xy + shift_px, seen / 2)


def one_sample(folder: Path, people: str = "all"):
    write_set(folder / "set", 1)
    return load_source(folder, Source("set", people=people), "train")[0]


def test_an_exact_person_has_no_fault(tmp_path):
    one = hard_examples.judge(Seen([body()], [body()]), one_sample(tmp_path), "set")
    assert (one.missed, one.labelled, one.extra) == (0, LABELS, 0)
    assert one.fault == 0


def test_nobody_found_is_all_missed(tmp_path):
    one = hard_examples.judge(Seen([], []), one_sample(tmp_path), "set")
    assert (one.missed, one.fault) == (LABELS, 1)


def test_joints_farther_than_a_tenth_of_the_box_are_missed(tmp_path):
    sample = one_sample(tmp_path)  # its box is 102 pixels high
    assert hard_examples.judge(Seen([body(7.0)], []), sample, "set").missed == 0  # 9.9 px away
    assert (
        hard_examples.judge(Seen([body(7.5)], []), sample, "set").missed == LABELS
    )  # 10.6 px away


def test_a_person_too_many_counts_only_where_everybody_is_labelled(tmp_path):
    sample = one_sample(tmp_path)
    one = hard_examples.judge(Seen([body()], [body(), body(40.0)]), sample, "set")
    assert one.extra == 1
    assert one.fault == pytest.approx(6 / (LABELS + 6))
    (tmp_path / "one").mkdir()
    sample = one_sample(tmp_path / "one", "one")
    assert hard_examples.judge(Seen([body()], [body(), body(40.0)]), sample, "set").extra == 0


def test_a_person_in_a_box_that_is_ignored_is_not_too_many(tmp_path):
    write_set(tmp_path / "set", 1)
    path = tmp_path / "set/annotations.json"
    content = json.loads(path.read_text())
    nobody = {"id": 9, "image_id": 0, "keypoints": [0] * 51, "num_keypoints": 0}
    content["annotations"].append({**nobody, "bbox": [80, 50, 48, 78]})
    path.write_text(json.dumps(content))
    (sample,) = load_source(tmp_path, Source("set", people="all"), "train")
    assert hard_examples.judge(Seen([body()], [body(), body(40.0)]), sample, "set").extra == 0


def test_hidden_keypoints_do_not_count_where_a_set_tells_them(tmp_path):
    write_set(tmp_path / "set", 1)
    path = tmp_path / "set/annotations.json"
    content = json.loads(path.read_text())
    content["annotations"][0]["keypoints"][2::3] = [1] * 10 + [2] * 7
    path.write_text(json.dumps(content))
    (sample,) = load_source(tmp_path, Source("set", people="all"), "train")
    assert hard_examples.judge(Seen([], []), sample, "set").labelled == 7


def test_the_worst_pictures_become_a_set(tmp_path, capsys):
    """Noise: nobody is found, so all are equally wrong and keep their order."""
    for name in ("a", "b"):
        write_set(tmp_path / name, 3, held_out=1)
    out = tmp_path / "hard"
    args = [str(WEIGHTS), "--data", str(tmp_path), "--set", "a", "--set", "b", "--out", str(out)]
    assert hard_examples.main([*args, "--keep", "0.75"]) == 0
    assert "3 of 4 pictures" in capsys.readouterr().out
    samples = load_source(tmp_path, Source("hard", people="all"), "train")
    assert [s.image.name for s in samples] == ["a-1.jpg", "a-2.jpg", "b-1.jpg"]
    assert all(s.present.sum() == LABELS + 1 for s in samples)
    assert samples[0].image.read_bytes() == (tmp_path / "a/images/1.jpg").read_bytes()
    with (out / "faults.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["fault"]) for row in rows] == [1.0] * 4
    assert cv2.imread(str(out / "worst.png")).shape[1] == 8 * 240


def test_a_checkpoint_answers_as_its_network_does(tmp_path):
    import torch

    config = NetworkConfig(width=0.25, stage_channels=16, refinement_stages=0)
    torch.manual_seed(0)
    network = LightweightOpenPose(config).eval()
    save_checkpoint(tmp_path / "checkpoint.pt", config, network=network.state_dict())
    backend = open_weights(tmp_path, 64)
    blob = np.random.default_rng(0).normal(0, 1, (1, 3, 64, 64)).astype(np.float32)
    heatmaps, pafs = backend.infer(blob)
    assert heatmaps.shape == (19, 8, 8) and pafs.shape == (38, 8, 8)
    with torch.inference_mode():
        wanted = network(torch.from_numpy(blob))[0][0].numpy()
    assert heatmaps == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [(["--keep", "0"], "--keep"), (["--size", "100"], "multiple of 8"), ([], "cannot read")],
)
def test_bad_arguments_end_with_one_sentence(more, sentence, tmp_path, capsys):
    weights = tmp_path / "x.pt" if "--size" in more else WEIGHTS
    args = [str(weights), "--data", str(tmp_path), "--set", "a", "--out", str(tmp_path / "o")]
    assert hard_examples.main([*args, *more]) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1
    assert not (tmp_path / "o").exists()


def test_a_labelled_person_is_looked_at_closely_wherever_it_is():
    """A person of a fifth of the picture's height is found at its place; nobody else is."""
    clip = Path(__file__).parents[1] / "data/squat.mp4"
    picture = frames_of(clip, [0.0])[0.0]
    backend = open_weights(WEIGHTS, 192)
    (person,) = find_people(picture, backend)
    height, width = picture.shape[:2]
    wide = np.full((3 * height, 3 * width, 3), 90, np.uint8)
    wide[height : 2 * height, width : 2 * width] = picture
    seen = look_at_one(wide, person.xy + np.array([width, height]), person.found, backend)
    best = min(seen.closely, key=lambda p: np.linalg.norm(p.xy - person.xy - [width, height]))
    off = np.linalg.norm(best.xy - person.xy - [width, height], axis=1)
    both = best.found & person.found
    assert both.sum() >= 12
    assert np.median(off[both]) < 0.05 * person.extent_px


def look_at_one(image: np.ndarray, xy: np.ndarray, present: np.ndarray, backend) -> Seen:
    box = np.array([[*xy[present].min(0), *np.ptp(xy[present], axis=0)]], np.float32)
    nobody = np.zeros((0, 4), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.png"
        cv2.imwrite(str(path), image)
        points = xy[None].astype(np.float32)
        sample = Sample(path, points, present[None], present[None], box, nobody, True)
        return hard_examples.looks(backend)(sample)
