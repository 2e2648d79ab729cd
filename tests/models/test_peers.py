"""PoseNet's people come out of its heads, and a peer's file names every picture held out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.models.pictures import BODY, write_set

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from models.peers.pictures import held_out, write_people  # noqa: E402
from models.peers.posenet import EDGES, decode, main  # noqa: E402

CELLS = 32
STRIDE = 8


def heads_of(people: list[np.ndarray]) -> np.ndarray:
    """(115, 32, 32) as PoseNet would answer to people of (17, 2); each scores below the last.

    Around every keypoint lie a disk, offsets to it, and displacements that miss by 5 pixels.
    """
    cells = STRIDE * np.stack(np.mgrid[:CELLS, :CELLS], -1).astype(float)
    raw = np.zeros((115, CELLS, CELLS))
    logits, offsets, forward, backward = np.split(raw, [17, 51, 83])
    logits[:] = -9
    for number, person in enumerate(people):
        yx = person[:, ::-1]
        distance = np.linalg.norm(cells - yx[:, None, None], axis=-1)
        for keypoint in range(17):
            near = distance[keypoint] < 20
            logits[keypoint, near] = 4 - number - distance[keypoint, near] / 4
            offsets[[keypoint, 17 + keypoint]] = np.where(
                near, (yx[keypoint] - cells).transpose(2, 0, 1), offsets[[keypoint, 17 + keypoint]]
            )
        for edge, (parent, child) in enumerate(EDGES):
            way = (yx[child] - yx[parent])[:, None]
            forward[[edge, 16 + edge]] = _put(forward, edge, distance[parent] < 20, way + 5)
            backward[[edge, 16 + edge]] = _put(backward, edge, distance[child] < 20, 5 - way)
    return raw


def _put(field: np.ndarray, edge: int, where: np.ndarray, value: np.ndarray) -> np.ndarray:
    return np.where(where, value[:, None], field[[edge, 16 + edge]])


def test_two_people_are_found_again() -> None:
    people = [BODY + np.array([20.5, 60.25]), BODY + np.array([110, 30])]
    found = decode(heads_of(people))
    assert found.shape == (2, 17, 3)
    np.testing.assert_allclose(found[..., :2], people, atol=1e-6)
    assert (found[0, :, 2] > found[1, :, 2]).all()
    assert (found[..., 2] > 0.5).all() and (found[..., 2] < 1).all()


def test_a_keypoint_that_does_not_show_is_placed_with_a_low_score() -> None:
    person = BODY + np.array([60, 60])
    heads = heads_of([person])
    heads[9] = -9  # the left wrist
    (found,) = decode(heads)
    np.testing.assert_allclose(found[:, :2], person, atol=1e-6)
    assert found[9, 2] < 0.01 and np.delete(found[:, 2], 9).min() > 0.5


def test_heads_of_an_empty_picture_hold_nobody() -> None:
    assert decode(heads_of([])).shape == (0, 17, 3)


def test_a_peers_file_names_every_picture_held_out(tmp_path: Path) -> None:
    for name in ("exercise_frames", "lspet"):
        write_set(tmp_path / name, held_out=2)
    write_set(tmp_path / "coco_val", count=1)
    content = json.loads((tmp_path / "coco_val" / "annotations.json").read_text())
    del content["images"][0]["split"]
    (tmp_path / "coco_val" / "annotations.json").write_text(json.dumps(content))
    write_set(tmp_path / "negatives", count=5)
    names = [f"{s}/{n}.jpg" for s in ("exercise_frames", "lspet") for n in (0, 1)]
    names += ["coco_val/0.jpg", "negatives/0.jpg", "negatives/4.jpg"]
    assert list(held_out(tmp_path)) == names
    people = iter([np.zeros((0, 17, 3)), *[np.full((2, 17, 3), 1 / 3)] * 6])
    write_people(tmp_path / "peer.json", "Peer 1", tmp_path, lambda _: next(people))
    result = json.loads((tmp_path / "peer.json").read_text())
    assert result["detector"] == "Peer 1" and list(result["pictures"]) == names
    assert [len(p) for p in result["pictures"].values()] == [0, 2, 2, 2, 2, 2, 2]
    assert result["pictures"]["lspet/1.jpg"][0] == [0.333] * 51


def test_a_size_that_is_no_multiple_of_the_stride_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ["--data", str(tmp_path), "--posenet", "none.json", "--out", str(tmp_path / "o.json")]
    assert main([*files, "--size", "250"]) == 2
    assert capsys.readouterr().err == "posenet: the size must be a multiple of 8, not 250\n"
    with pytest.raises(InputError):
        held_out(tmp_path)
