"""The second witness learns, is judged by strangers, and numpy computes what torch does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from edge_app.exercise.witness.features import COUNT  # noqa: E402
from edge_app.exercise.witness.network import (  # noqa: E402
    EXERCISES,
    OTHER,
    UNUSABLE,
    WitnessNetwork,
)
from edge_app.sinks.track import save_track  # noqa: E402
from edge_app.values import Pose  # noqa: E402
from models.witness.__main__ import main  # noqa: E402
from models.witness.tracks import (  # noqa: E402
    SWAP,
    UNKNOWN,
    bins,
    fold_of,
    load_drawn,
    load_real,
    resampled,
)
from models.witness.train import Witness, train  # noqa: E402
from tests.exercise.witness.test_features import moving  # noqa: E402


def test_numpy_computes_what_torch_does() -> None:
    torch.manual_seed(3)
    network = Witness().eval()
    device = WitnessNetwork(network.arrays())
    features = np.random.default_rng(0).normal(0, 1, (2, 30, COUNT)).astype(np.float32)
    asked = np.array([4, OTHER])
    with torch.no_grad():
        kind, phase = network(torch.from_numpy(features), torch.from_numpy(asked))
    state = device.start(2)
    for k in range(30):
        state = device.step(state, features[:, k])
    for own, wanted in ((device.kind(state), kind), (device.phase(state, asked), phase)):
        np.testing.assert_allclose(own, torch.log_softmax(wanted[:, -1], 1).numpy(), atol=1e-5)
    assert sum(w.size for w in network.arrays().values()) <= 60_000


@pytest.fixture
def clips(tmp_path: Path) -> tuple[Path, Path]:
    """Four clips of four makers: two of squats, two of standing still; and their tracks."""
    rows = ["file,exercise,count,count_min,count_max,rep_times,repo"]
    xy, score = moving(121)
    for number in range(4):
        still = number % 2
        poses = [Pose(xy[0] if still else xy[k], score[k], k / 15) for k in range(len(xy))]
        save_track(tmp_path / f"c{number}.npz", poses)
        told = "negative,0,,," if still else "squat,2,,,0.5-4;4-7.5"
        rows.append(f"c{number}.mp4,{told},maker{number}")
    path = tmp_path / "clips.csv"
    path.write_text("\n".join(rows) + "\n")
    return path, tmp_path


def test_labels_are_those_of_the_manifest(clips: tuple[Path, Path]) -> None:
    tracks = load_real(*clips)
    assert [t.exercise for t in tracks] == [EXERCISES.index("squat"), OTHER] * 2
    squat, still = tracks[:2]
    assert squat.count == (2, 2) and squat.spans == ((0.5, 4.0), (4.0, 7.5))
    xy, score, kind, phase = resampled(squat, 0.0, 120)
    assert xy.shape == (120, 18, 2) and score.shape == (120, 18)
    number = bins(phase)
    assert number[2] == 0 and kind[2] == UNKNOWN and kind[60] == EXERCISES.index("squat")
    assert sorted(set(number[8:112])) == [1, 2, 3, 4, 5, 6]
    assert (np.diff(number[8:60]) >= 0).all()
    assert not bins(still.phase).any()


def test_drawn_tracks_keep_their_exact_phases(tmp_path: Path) -> None:
    times = 40
    phase = np.zeros(times)
    phase[10:30] = np.linspace(0, 6.2, 20)
    arrays = {
        "poses": np.full((times, 18, 2), 0.1), "scores": np.full((times, 18), 0.8),
        "t_s": np.arange(times) / 15, "first": np.array([0, times]),
        "exercise": np.array([0] * 8 + [2] * 24 + [0] * 8, np.uint8), "phase": phase,
        "inside": phase > 0, "rep_track": np.array([0]),
        "rep_s": np.array([[0.67, 1.3, 1.4, 2.0]]), "size_px": np.array([[640, 360]]),
        "exercises": np.array(["none", "sit-up", "hand-release push-up"]),
    }  # fmt: skip
    arrays["scores"][:3] = 0  # nobody yet
    np.savez(tmp_path / "drawn.npz", **arrays)
    (track,) = load_drawn(tmp_path / "drawn.npz")
    assert track.exercise == EXERCISES.index("push-up") and track.spans == ((0.67, 2.0),)
    assert track.kind.tolist() == [UNUSABLE] * 3 + [OTHER] * 5 + [track.exercise] * 24 + [OTHER] * 8
    number = bins(track.phase)
    assert number[:10].tolist() == [0] * 10 and number[11] == 1 and number[29] == 6
    np.testing.assert_allclose(track.xy[0, 0], [64 + 319.5, 64 + 179.5])
    (tmp_path / "drawn.npz").write_bytes(b"damaged")
    with pytest.raises(InputError, match="not an archive of drawn movements"):
        load_drawn(tmp_path / "drawn.npz")


def test_a_maker_is_in_one_fold_whatever_else_there_is() -> None:
    assert [fold_of(m, 5) for m in ("a/b", "c/d")] == [fold_of(m, 5) for m in ("a/b", "c/d")]
    assert len({fold_of(f"maker{n}", 5) for n in range(40)}) == 5
    assert [SWAP[i] for i in SWAP] == list(range(18))


def test_it_is_judged_and_trained_by_a_command(
    clips: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--manifest", str(clips[0]), "--tracks", str(clips[1]), "--steps", "2"]
    assert main(["judge", *given, "--folds", "2"]) == 0
    assert "| squat | " in (told := capsys.readouterr().out) and "| all | " in told
    out = tmp_path / "witness.npz"
    assert main(["train", *given, "--out", str(out)]) == 0
    assert WitnessNetwork.load(out).hidden == 64
    assert main(["train", *given]) == 2
    assert "--out" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_weights(clips: tuple[Path, Path]) -> None:
    from models.witness.__main__ import Made, sources_of

    tracks = load_real(*clips)
    first, again = (train(sources_of(tracks, Made()), 2, 1).arrays() for _ in range(2))
    for name, weights in first.items():
        np.testing.assert_array_equal(weights, again[name])
