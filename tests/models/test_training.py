"""Data sets, targets, augmentation and the training loop, on pictures made here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.models.pictures import BODY, write_set

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from edge_app.pose.decode import decode  # noqa: E402
from edge_app.skeleton import INDEX, LIMBS  # noqa: E402
from models.augment import Augmentation, example, side_by_side  # noqa: E402
from models.checkpoint import (  # noqa: E402
    load_weights,
    open_network,
    read_checkpoint,
    save_checkpoint,
)
from models.datasets import Source, load_source  # noqa: E402
from models.loss import masked_loss  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402
from models.recipe import Recipe, read_recipe  # noqa: E402
from models.targets import channel_weights, heatmap_targets, paf_targets  # noqa: E402
from models.train import new_network, train  # noqa: E402


def test_targets_decode_to_what_they_were_made_from(tmp_path: Path) -> None:
    write_set(tmp_path / "a", 1)
    (sample,) = load_source(tmp_path, Source("a"), "train")
    xy = sample.xy * 2
    maps = heatmap_targets(xy, sample.present, (256, 256))
    people, scores = decode(maps, paf_targets(xy, sample.present, (256, 256)))
    assert len(people) == 1 and (scores[0] > 0).all()
    np.testing.assert_allclose(people[0], xy[0], atol=0.1)


def test_unsure_joints_teach_nothing(tmp_path: Path) -> None:
    write_set(tmp_path / "a", 1, unsure=("left_wrist", "left_shoulder"))
    for missing in ("unknown", "absent"):
        (sample,) = load_source(tmp_path, Source("a", missing=missing), "train")
        weights = channel_weights(sample.known)
        for name in ("left_wrist", "left_shoulder", "neck"):
            assert weights[INDEX[name]] == 0, (missing, name)
        assert weights[INDEX["right_wrist"]] == 1
        limb = LIMBS.index((INDEX["left_elbow"], INDEX["left_wrist"]))
        assert not weights[19 + 2 * limb : 21 + 2 * limb].any()


def test_silence_means_absent_where_the_set_says_so(tmp_path: Path) -> None:
    write_set(tmp_path / "a", 1)
    path = tmp_path / "a" / "annotations.json"
    content = json.loads(path.read_text())
    content["annotations"][0]["keypoints"][3 * 9 : 3 * 9 + 3] = [0, 0, 0]
    path.write_text(json.dumps(content))
    wrist = INDEX["left_wrist"]
    (absent,) = load_source(tmp_path, Source("a", missing="absent"), "train")
    (unknown,) = load_source(tmp_path, Source("a"), "train")
    assert channel_weights(absent.known)[wrist] == 1 and not absent.present[0, wrist]
    assert channel_weights(unknown.known)[wrist] == 0


def test_a_missing_set_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the data set"):
        load_source(tmp_path, Source("none"), "train")
    with pytest.raises(InputError, match="no JPEG"):
        load_source(tmp_path, Source("none", people="none"), "train")
    (tmp_path / "none").mkdir()
    for text in ("[]", "{}", '{"categories": []}'):
        (tmp_path / "none" / "annotations.json").write_text(text)
        with pytest.raises(InputError, match="not a COCO file"):
            load_source(tmp_path, Source("none"), "train")


@pytest.mark.parametrize("seed", range(8))
def test_augmented_labels_stay_on_the_body(tmp_path: Path, seed: int) -> None:
    write_set(tmp_path / "a", 1)
    (sample,) = load_source(tmp_path, Source("a"), "train")
    picture = np.full((128, 120, 3), 20, np.uint8)
    left, right = BODY[9], BODY[10]
    cv2.circle(picture, tuple(int(v) for v in left), 5, (0, 0, 255), -1)
    cv2.circle(picture, tuple(int(v) for v in right), 5, (0, 255, 0), -1)
    cv2.imwrite(str(sample.image), picture, [cv2.IMWRITE_JPEG_QUALITY, 100])
    how = Augmentation(size=128, erase_share=0, extent=(0.8, 1.0), shift=0.05)
    one = example(sample, how, np.random.default_rng(seed))
    image = one["image"].astype(float)
    colour = {"left_wrist": image[0] - image[1], "right_wrist": image[1] - image[0]}
    mirrored = 0
    for name, excess in colour.items():
        peak = np.array(np.unravel_index(one["heatmaps"][INDEX[name]].argmax(), (16, 16)))
        spot = np.array(np.unravel_index(cv2.GaussianBlur(excess, (0, 0), 3).argmax(), (128, 128)))
        mirrored += np.abs(peak * 8 + 3.5 - spot).max() > 10
    assert mirrored in (0, 2)  # a mirrored body's left is the picture's former right


def test_the_same_index_gives_the_same_example(tmp_path: Path) -> None:
    write_set(tmp_path / "a", 1)
    (sample,) = load_source(tmp_path, Source("a"), "train")
    first, second = (
        example(sample, Augmentation(64), np.random.default_rng([1, 7])) for _ in range(2)
    )
    for key in first:
        np.testing.assert_array_equal(first[key], second[key])


@pytest.mark.parametrize("seed", range(4))
def test_a_pair_shows_the_middles_of_two_examples(tmp_path: Path, seed: int) -> None:
    write_set(tmp_path / "a", 2, unsure=("left_wrist",))
    one, two = load_source(tmp_path, Source("a"), "train")
    how = Augmentation(64, erase_share=0)
    a, b = (example(s, how, np.random.default_rng(seed)) for s in (one, two))
    b["channels"] = np.ones_like(b["channels"])
    pair = side_by_side(a, b, np.random.default_rng(seed))
    assert {k: v.shape for k, v in pair.items()} == {k: v.shape for k, v in a.items()}
    axis, found = _cut_of(pair["heatmaps"], a["heatmaps"], b["heatmaps"])
    for key, unit in (("image", 8), ("heatmaps", 1), ("pafs", 1)):
        first = [slice(None)] * 3
        first[axis] = slice((8 - found) // 2 * unit, ((8 - found) // 2 + found) * unit)
        kept = [slice(None)] * 3
        kept[axis] = slice(0, found * unit)
        np.testing.assert_array_equal(pair[key][tuple(kept)], a[key][tuple(first)])
    assert a["channels"].sum() < 57  # a wrist is unknown in one of the two
    np.testing.assert_array_equal(pair["channels"], a["channels"])


def _cut_of(pair: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[int, int]:
    """The axis and place of the cut that explains the pair's heatmaps."""
    for axis in (1, 2):
        for cut in range(2, 7):
            parts = [
                np.take(m, np.arange((8 - n) // 2, (8 - n) // 2 + n), axis)
                for m, n in ((a, cut), (b, 8 - cut))
            ]
            if np.array_equal(np.concatenate(parts, axis), pair):
                return axis, cut
    raise AssertionError("the pair is not made of the two middles")


def test_a_quarter_of_the_empty_pictures_is_kept_out_of_training(tmp_path: Path) -> None:
    (tmp_path / "negatives" / "images").mkdir(parents=True)
    for number in range(8):
        picture = np.zeros((16, 16, 3), np.uint8)
        cv2.imwrite(str(tmp_path / "negatives" / "images" / f"{number}.jpg"), picture)
    source = Source("negatives", people="none")
    train_set, held_out = (
        {s.image.stem for s in load_source(tmp_path, source, split)} for split in ("train", "val")
    )
    assert held_out == {"0", "4"} and train_set == set("123567")


def test_the_loss_leaves_unlabelled_people_alone() -> None:
    base = torch.zeros(1, 19, 4, 4)
    base[0, 0, 1, 1] = 0.9  # the prior sees somebody here, outside the labelled box
    batch = {
        "heatmaps": torch.zeros(1, 19, 4, 4), "pafs": torch.zeros(1, 38, 4, 4),
        "channels": torch.ones(1, 57), "region": torch.zeros(1, 4, 4),
    }  # fmt: skip
    wrong = torch.zeros(1, 19, 4, 4)
    wrong[0, 0, 1, 1] = 1.0
    stages = [(wrong, torch.zeros(1, 38, 4, 4))]
    assert masked_loss(base, stages, batch) == 0
    assert masked_loss(base * 0, stages, batch) > 0
    batch["region"] += 1
    assert masked_loss(base, stages, batch) > 0
    batch["channels"] *= 0
    assert masked_loss(base, stages, batch) == 0


def recipe(start: str, images: int) -> Recipe:
    return Recipe(
        images=images, start=start, batch=2, warmup_images=2, check_every=8,
        network=NetworkConfig(0.25, 1, 8), augmentation=Augmentation(64),
        sources=(Source("exercise_frames"),),
    )  # fmt: skip


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    for name in ("exercise_frames", "lspet"):
        write_set(tmp_path / name)
        content = json.loads((tmp_path / name / "annotations.json").read_text())
        content["images"][0]["split"] = "val"
        (tmp_path / name / "annotations.json").write_text(json.dumps(content))
    return tmp_path


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_and_ends(small_data: Path, tmp_path: Path) -> None:
    config = NetworkConfig(0.25, 1, 8)
    start = tmp_path / "start.pt"
    save_checkpoint(start, config, network=LightweightOpenPose(config).state_dict())
    out = tmp_path / "run"
    train(recipe(str(start), 8), small_data, out, None, 0)
    assert read_checkpoint(out)["done"] == 8
    train(recipe(str(start), 16), small_data, out, None, 0)
    assert read_checkpoint(out)["done"] == 16
    rows = (out / "log.csv").read_text().splitlines()
    assert [r.split(",")[0] for r in rows] == ["images", "8", "16"]
    assert cv2.imread(str(out / "log.png")) is not None


@pytest.mark.slow
def test_a_slice_of_time_stops_early_and_keeps_what_was_learnt(
    small_data: Path, tmp_path: Path
) -> None:
    config = NetworkConfig(0.25, 1, 8)
    start = tmp_path / "start.pt"
    save_checkpoint(start, config, network=LightweightOpenPose(config).state_dict())
    train(recipe(str(start), 1000), small_data, tmp_path / "run", None, 0, minutes=1e-6)
    assert read_checkpoint(tmp_path / "run")["done"] == 2
    train(recipe(str(start), 1000), small_data, tmp_path / "run", None, 0, minutes=1e-6)
    assert read_checkpoint(tmp_path / "run")["done"] == 4


def test_frozen_layers_keep_their_weights(small_data: Path, tmp_path: Path) -> None:
    config = NetworkConfig(0.25, 1, 8)
    network = LightweightOpenPose(config)
    save_checkpoint(tmp_path / "start.pt", config, network=network.state_dict())
    frozen = replace(recipe(str(tmp_path / "start.pt"), 8), frozen_layers=2)
    train(frozen, small_data, tmp_path / "run", None, 0)
    after = read_checkpoint(tmp_path / "run")["network"]
    moved = {k for k, v in network.state_dict().items() if not torch.equal(v, after[k])}
    assert not any(k.startswith(("backbone.layers.0.", "backbone.layers.1.")) for k in moved)
    assert any(k.startswith("backbone.layers.2.") for k in moved)


def test_a_pupil_is_drawn_to_its_teacher(small_data: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = NetworkConfig(0.25, 1, 8)
    teacher, pupil = LightweightOpenPose(config), LightweightOpenPose(config)
    for stage in (teacher.initial, teacher.refinements[0]):
        torch.nn.init.normal_(stage.heatmaps[-1].weight, std=0.1)
    save_checkpoint(tmp_path / "teacher.pt", config, network=teacher.state_dict())
    save_checkpoint(tmp_path / "start.pt", config, network=pupil.state_dict())

    def distance(checkpoint: Path) -> float:
        image = torch.linspace(-1, 1, 3 * 64 * 64).reshape(1, 3, 64, 64)
        with torch.inference_mode():
            ours = open_network(checkpoint)(image)
            theirs = open_network(tmp_path / "teacher.pt", 0)(image)
        return sum(float((a - b).abs().mean()) for a, b in zip(ours, theirs))

    taught = replace(
        recipe(str(tmp_path / "start.pt"), 16), teacher=str(tmp_path / "teacher.pt"),
        teacher_stages=0, teacher_share=100.0, ema=0.1,
    )  # fmt: skip
    train(taught, small_data, tmp_path / "run", None, 0)
    assert distance(tmp_path / "run") < 0.7 * distance(tmp_path / "start.pt")


@pytest.mark.slow
def test_two_processes_share_a_run(small_data: Path, tmp_path: Path) -> None:
    config = NetworkConfig(0.25, 1, 8)
    start = tmp_path / "start.pt"
    save_checkpoint(start, config, network=LightweightOpenPose(config).state_dict())
    toml = f"""images = 16\nstart = "{start}"\nbatch = 4\ncheck_every = 16\n
[network]\nwidth = 0.25\nstage_channels = 8\n[augmentation]\nsize = 64\n
[[sources]]\npath = "exercise_frames"\n"""
    (tmp_path / "r.toml").write_text(toml)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "models.train", str(tmp_path / "r.toml")]
    command += ["--data", str(small_data), "--out", str(tmp_path / "run"), "--workers", "0"]
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, timeout=180)
    assert read_checkpoint(tmp_path / "run")["done"] == 16


def test_a_recipe_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('images = 10\nstart = "posenet"\nspeed = 3\n')
    with pytest.raises(InputError, match="speed"):
        read_recipe(path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("images = 0", "'images' must be at least 1"),
        ("batch = 0", "'batch' must be at least 1"),
        ("check_every = 0", "'check_every' must be at least 1"),
        ('images = "many"', "not supported between"),
        ("[augmentation]\nsize = 100", "multiple of 8"),
        ("[network]\nwidth = 0.01", "no such network: width 0.01"),
        ('[[sources]]\npath = "b"\nmissing = "abscent"', "'missing' is 'abscent'"),
        ('[[sources]]\npath = "b"\npeople = "many"', "'people' is 'many'"),
        ('[[sources]]\npath = "b"\nweight = -1', "must be at least 0"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(tmp_path: Path, line: str, said: str) -> None:
    base = {"images": "images = 10", "start": 'start = "posenet"'}
    base[line.split(" ", maxsplit=1)[0]] = line
    path = tmp_path / "r.toml"
    sources = '[[sources]]\npath = "a"\n'
    path.write_text("\n".join(v for k, v in base.items() if k[0] != "[") + "\n" + sources)
    assert line[0] == "[" or line in path.read_text()
    if line[0] == "[":
        read_recipe(path)
        path.write_text(path.read_text() + line)
    with pytest.raises(InputError, match=said):
        read_recipe(path)
    path.write_text('images = 10\nstart = "posenet"\n')
    with pytest.raises(InputError, match="at least one data set"):
        read_recipe(path)


RECIPES = sorted((Path(__file__).parents[2] / "models" / "recipes").glob("*.toml"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: p.stem)
def test_the_shipped_recipes_can_be_read(path: Path) -> None:
    assert read_recipe(path).sources


def test_a_folder_with_another_recipes_run_is_one_sentence(
    small_data: Path, tmp_path: Path
) -> None:
    config = NetworkConfig(0.25, 1, 8)
    start, out = tmp_path / "start.pt", tmp_path / "run"
    save_checkpoint(start, config, network=LightweightOpenPose(config).state_dict())
    out.mkdir()
    (out / "checkpoint.pt").write_bytes(b"half")
    with pytest.raises(InputError, match="not a checkpoint"):
        train(recipe(str(start), 8), small_data, out, None, 0)
    other = NetworkConfig(0.25, 0, 8)
    save_checkpoint(out / "checkpoint.pt", other, network=LightweightOpenPose(other).state_dict())
    with pytest.raises(InputError, match="of another recipe"):
        train(recipe(str(start), 8), small_data, out, None, 0)


def test_fewer_images_than_a_batch_teach_nothing(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few to train on"):
        train(recipe("start.pt", 1), small_data, tmp_path / "run", None, 0)
    assert not (tmp_path / "run").exists()


def test_what_was_learnt_is_kept_if_a_checked_set_is_missing(
    small_data: Path, tmp_path: Path
) -> None:
    config = NetworkConfig(0.25, 1, 8)
    start = tmp_path / "start.pt"
    save_checkpoint(start, config, network=LightweightOpenPose(config).state_dict())
    (small_data / "lspet" / "annotations.json").unlink()
    with pytest.raises(InputError, match="lspet"):
        train(recipe(str(start), 8), small_data, tmp_path / "run", None, 0)
    assert read_checkpoint(tmp_path / "run")["done"] == 8


def test_new_layers_are_drawn_from_the_recipes_seed(tmp_path: Path) -> None:
    small, large = NetworkConfig(0.25, 0, 8), NetworkConfig(0.25, 1, 8)
    start = tmp_path / "start.pt"
    save_checkpoint(start, small, network=LightweightOpenPose(small).state_dict())
    one = replace(recipe(str(start), 8), network=large)
    drawn = [
        new_network(r, None).refinements[0].trunk[0].narrow[0][0].weight
        for r in (one, one, replace(one, seed=1))
    ]
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])


def test_a_checkpoint_that_cannot_be_written_or_does_not_fit_is_said(tmp_path: Path) -> None:
    config = NetworkConfig(0.25, 1, 8)
    network = LightweightOpenPose(config)
    with pytest.raises(InputError, match="cannot write"):
        save_checkpoint(tmp_path / "nowhere" / "a.pt", config, network=network.state_dict())
    save_checkpoint(tmp_path / "a.pt", config, network=network.state_dict())
    assert [p.name for p in tmp_path.iterdir()] == ["a.pt"]
    with pytest.raises(InputError, match=r"has unexpected \['refinements"):
        load_weights(LightweightOpenPose(NetworkConfig(0.25, 0, 8)), tmp_path / "a.pt")
