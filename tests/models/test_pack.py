"""A packed run trains on its own, in slices, from files that come in several trips."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.models.pictures import write_set

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from models.checkpoint import read_checkpoint, save_checkpoint  # noqa: E402
from models.datasets import Source, load_source  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402
from models.pack import main  # noqa: E402

RECIPE = """
images = 1000
start = "{start}"
batch = 2
[network]
width = 0.25
stage_channels = 8
[augmentation]
size = 64
[[sources]]
path = "exercise_frames"
[[sources]]
path = "lspet"
[[sources]]
path = "negatives"
people = "none"
"""


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    for name in ("exercise_frames", "lspet"):
        write_set(data / name, 6, size=(256, 240), held_out=1)
    (data / "negatives" / "images").mkdir(parents=True)
    for number in range(3):
        cv2.imwrite(str(data / f"negatives/images/{number}.jpg"), np.zeros((32, 32, 3), np.uint8))
    config = NetworkConfig(0.25, 1, 8)
    network = LightweightOpenPose(config).state_dict()
    save_checkpoint(tmp_path / "start.pt", config, network=network)
    recipe = tmp_path / "r.toml"
    recipe.write_text(RECIPE.format(start=tmp_path / "start.pt"))
    out = tmp_path / "pack"
    arguments = ["--data", str(data), "--out", str(out), "--longest-px", "128"]
    assert main([str(recipe), *arguments, "--shard-mb", "0.06"]) == 0
    return out


def test_shards_keep_to_their_limit_and_hold_every_picture(packed: Path, tmp_path: Path) -> None:
    shards = sorted(packed.glob("shard_*.tar"))
    assert len(shards) > 1 and all(s.stat().st_size <= 60_000 for s in shards)
    for shard in shards:
        with tarfile.open(shard) as tar:
            tar.extractall(tmp_path / "there", filter="data")
    before = load_source(tmp_path / "data", Source("lspet"), "train")
    after = load_source(tmp_path / "there", Source("lspet"), "train")
    assert len(after) == len(before) == 5
    for a, b in zip(after, before):
        np.testing.assert_allclose(a.xy, b.xy / 2, atol=0.1)
        np.testing.assert_array_equal(a.known, b.known)
        assert cv2.imread(str(a.image)).shape == (128, 120, 3)
    assert len(load_source(tmp_path / "there", Source("lspet"), "val")) == 1


@pytest.mark.slow
def test_it_trains_without_the_project_and_goes_on(packed: Path, tmp_path: Path) -> None:
    home = tmp_path / "bare"
    home.mkdir()
    shards = sorted(packed.glob("shard_*.tar"))
    for path in set(packed.iterdir()) - {shards[-1]}:
        shutil.copy(path, home)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(home / "train.py"), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert shards[-1].name in run("--unpack").stdout
    incomplete = run()
    assert incomplete.returncode == 2 and shards[-1].name in incomplete.stdout
    for path in home.glob("*.tar"):  # the second trip brings the rest alone
        path.unlink()
    shutil.copy(shards[-1], home)
    slices = []
    for _ in range(2):
        done = run("--minutes", "1e-6", "--workers", "0", "--weights", str(home / "out"))
        assert done.returncode == 0, done.stderr
        slices.append(read_checkpoint(home / "work" / "run")["done"])
    assert slices == [2, 4]
    assert read_checkpoint(home / "out" / "weights.pt")["network"]
    assert (home / "out" / "log.csv").exists()


def test_a_full_folder_and_posenet_are_refused(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    recipe, data = tmp_path / "r.toml", str(tmp_path / "data")
    assert main([str(recipe), "--data", data, "--out", str(packed)]) == 2
    assert "is not empty" in capsys.readouterr().err
    recipe.write_text(recipe.read_text().replace(str(tmp_path / "start.pt"), "posenet"))
    assert main([str(recipe), "--data", data, "--out", str(tmp_path / "new")]) == 2
    assert "starts from PoseNet" in capsys.readouterr().err
    recipe.write_text(recipe.read_text().replace('"posenet"', f"'{tmp_path / 'start.pt'}'"))
    assert main([str(recipe), "--data", data, "--out", str(tmp_path / "new")]) == 2
    assert "in double quotes" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
