"""Accuracy figures: by hand-made people with known errors, and pycocotools on its own truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.models.pictures import BODY, write_set

pytest.importorskip("pycocotools", reason="needs the extra `train`")

from edge_app.errors import InputError
from edge_app.pose.person import Person
from edge_app.skeleton import INDEX
from models.contact_sheet import contact_sheet
from models.datasets import Source, load_source
from models.detectors import read_detections
from models.evaluate import table
from models.scores import (
    coco_scores,
    false_people,
    pck,
    share,
    torso_tilt_deg,
)


def labelled(folder: Path, count: int = 4) -> list:
    write_set(folder / "set", count, held_out=count)
    return load_source(folder, Source("set"), "val")


def test_a_share_lies_in_its_interval_and_a_certain_one_has_none() -> None:
    rng = np.random.default_rng(1)
    figure = share(rng.integers(0, 5, 200).astype(float), np.full(200, 5.0))
    assert figure.low < figure.value < figure.high and figure.high - figure.low < 0.1
    sure = share(np.full(50, 3.0), np.full(50, 4.0))
    assert (sure.low, sure.value, sure.high) == (0.75, 0.75, 0.75)
    assert np.isnan(share(np.zeros(0), np.zeros(0)).value)


def test_pck_counts_what_lies_within_a_tenth_of_the_box(tmp_path: Path) -> None:
    samples = labelled(tmp_path)
    moved = samples[0].xy[0].copy()
    moved[INDEX["left_wrist"]] += [10.1, 0]  # the box's larger side is 102: 10.2 px are allowed
    moved[INDEX["right_wrist"]] += [10.3, 0]
    score = np.ones(18)
    score[INDEX["nose"]] = 0  # not found
    result = pck(lambda _: [Person(moved, score)], samples, None)
    assert result.labelled.sum(1).tolist() == [17] * 4  # the neck is no label
    assert result.overall().value == pytest.approx(15 / 17)
    groups = result.by_group()
    assert groups["wrists"].value == 0.5 and groups["head"].value == pytest.approx(4 / 5)
    assert result.by_orientation()["upright"].pictures == 4


def test_pck_takes_the_person_nearest_to_the_labels(tmp_path: Path) -> None:
    (sample,) = labelled(tmp_path, 1)
    right, far = Person(sample.xy[0], np.ones(18)), Person(sample.xy[0] + 40, np.ones(18))
    assert pck(lambda _: [far, right], [sample], 0.2).overall().value == 1
    assert pck(lambda _: [far], [sample], 0.2).overall().value == 0
    assert pck(lambda _: [], [sample], 0.2).overall().value == 0


@pytest.mark.parametrize(
    ("turn_deg", "tilt"), [(0, 0), (45, 45), (-90, 90), (180, 180), (225, 135)]
)
def test_the_tilt_is_that_of_the_torso(tmp_path: Path, turn_deg: float, tilt: float) -> None:
    (sample,) = labelled(tmp_path, 1)
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    turned = sample.xy @ np.array([[cos, sin], [-sin, cos]])
    sample.xy[:] = turned
    assert torso_tilt_deg(sample) == pytest.approx(tilt, abs=1e-3)


def test_perfect_people_have_ap_1_and_resampling_agrees(tmp_path: Path) -> None:
    write_set(tmp_path / "set", 5)
    content = json.loads((tmp_path / "set" / "annotations.json").read_text())
    samples = load_source(tmp_path, Source("set"), "train")
    people = {s.image: [Person(s.xy[0], np.ones(18))] for s in samples}
    figures = coco_scores(people.__getitem__, tmp_path / "set", content["images"])
    assert figures["AP"].value == pytest.approx(1) and figures["AP"].low == pytest.approx(1)
    people[samples[0].image] = []
    fewer = coco_scores(people.__getitem__, tmp_path / "set", content["images"])
    assert fewer["AR"].value == pytest.approx(0.8)
    assert fewer["AR"].low < 0.8 < fewer["AR"].high
    nobody = coco_scores(lambda _: [], tmp_path / "set", content["images"])
    assert nobody["AP"].value == 0


def test_false_people_have_enough_keypoints(tmp_path: Path) -> None:
    samples = labelled(tmp_path)
    few, many = np.zeros(18), np.ones(18)
    few[:3] = 1
    people = [Person(samples[0].xy[0], few), Person(samples[0].xy[0], many)]
    assert false_people(lambda _: people, samples).value == 1


def test_detections_of_another_program_are_read_by_picture(tmp_path: Path) -> None:
    (sample,) = labelled(tmp_path, 1)
    points = np.column_stack([BODY, np.ones(17)]).ravel().tolist()
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"detector": "x", "pictures": {"set/0.jpg": [points]}}))
    detect = read_detections(path, tmp_path)
    result = pck(detect, [sample], None)
    assert result.overall().value == 1
    contact_sheet(result, detect, tmp_path / "sheets" / "x.png")
    assert (tmp_path / "sheets" / "x.png").stat().st_size > 1000
    with pytest.raises(InputError, match=r"no entry for set/1\.jpg"):
        detect(sample.image.with_name("1.jpg"))
    path.write_text("[]")
    with pytest.raises(InputError, match="not a file of detections"):
        read_detections(path, tmp_path)


def test_the_table_has_a_column_for_each_detector() -> None:
    figure = share(np.ones(3), np.full(3, 2.0))
    lines = table({"a": {"x": figure, "y": figure}, "b": {"x": figure}}).splitlines()
    assert lines[0] == "| | a | b |" and lines[3].endswith("| – |")
