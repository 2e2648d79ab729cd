"""People-free pictures from clips: the makers' split, and what is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

cv2 = pytest.importorskip("cv2")

from edge_app.errors import InputError  # noqa: E402
from models import datasets, negative_frames  # noqa: E402

CLIP = Path(__file__).parents[1] / "data" / "squat.mp4"
SHARED = Path(__file__).parents[2] / "../shared/videos"
MAKERS = ("ant/a", "bee/b", "cat/c")


@pytest.fixture
def videos(tmp_path) -> Path:
    """One negative clip of each of three makers, the same one."""
    (tmp_path / "clips").mkdir()
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "exercise", "repo"])
        for maker in MAKERS:
            name = f"clips/{maker[:3]}.mp4"
            (tmp_path / name).write_bytes(CLIP.read_bytes())
            writer.writerow([name, "negative", maker])
    return tmp_path


def listed(folder: Path, *rows: tuple) -> Path:
    path = folder / "list.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([negative_frames.Cut._fields, *rows])
    return path


def spent() -> list[str]:
    return sorted(f"clips/{m[:3]}.mp4" for m in negative_frames.training_makers(set(MAKERS)))


def test_half_of_the_makers_and_always_the_same():
    first = negative_frames.training_makers(set(MAKERS))
    assert len(first) == 2
    assert first == negative_frames.training_makers({*MAKERS[::-1]})
    assert len(negative_frames.training_makers({str(n) for n in range(10)})) == 5


def test_cuts_are_read_by_the_training_code(videos, tmp_path, capsys):
    clip = spent()[0]
    rows = [(clip, 0.0, 4, 6, 50, 40), (clip, 0.0, 0, 0, 64, 48)]
    out = tmp_path / "data" / "empty"
    args = [str(videos), "--list", str(listed(tmp_path, *rows)), "--out", str(out)]
    assert negative_frames.main(args) == 0
    assert "2 pictures" in capsys.readouterr().out
    source = datasets.Source("empty", people="none")
    samples = [s for part in ("train", "val")
               for s in datasets.load_source(out.parent, source, part)]  # fmt: skip
    sizes = {datasets.read_picture(sample.image).shape[:2] for sample in samples}
    assert sizes == {(40, 50), (48, 64)}


def test_a_clip_of_the_other_makers_is_refused(videos, tmp_path):
    other = next(f"clips/{m[:3]}.mp4" for m in MAKERS if f"clips/{m[:3]}.mp4" not in spent())
    with pytest.raises(InputError, match="no negative clip of a maker for training"):
        negative_frames.read_cuts(listed(tmp_path, (other, 0.0, 0, 0, 8, 8)), videos)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [((999.0, 0, 0, 8, 8), "no frame at"), ((0.0, 0, 0, 9999, 8), "beyond the picture")],
)
def test_a_cut_that_is_not_there_gets_one_sentence(videos, tmp_path, capsys, row, sentence):
    path = listed(tmp_path, (spent()[0], *row))
    args = [str(videos), "--list", str(path), "--out", str(tmp_path / "out")]
    assert negative_frames.main(args) == 2
    error = capsys.readouterr().err
    assert sentence in error and error.count("\n") == 1


def test_a_person_is_found_in_a_picture_of_one_and_not_in_a_grey_one():
    from edge_app.runtime.open import open_backend

    weights = Path(__file__).parents[2] / "models/weights/pose-fast.onnx"
    backend = open_backend(weights, 1, "cpu")
    picture = negative_frames.frames_of(CLIP, [0.0])[0.0]
    assert negative_frames.finds_somebody(picture, backend)
    assert not negative_frames.finds_somebody(picture * 0 + 90, backend)


def test_the_committed_list_names_spent_makers_only():
    if not SHARED.exists():
        pytest.skip("../shared is not beside this checkout")
    cuts = negative_frames.read_cuts(negative_frames.LIST, SHARED)
    assert len(cuts) > 60
