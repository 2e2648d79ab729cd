"""The mean of networks."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from models.average import main  # noqa: E402
from models.checkpoint import open_network, save_checkpoint  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402


def stored(path: Path, config: NetworkConfig, value: float) -> str:
    """A checkpoint of a network all of whose numbers are `value`."""
    state = {
        k: torch.full_like(v, value) for k, v in LightweightOpenPose(config).state_dict().items()
    }
    save_checkpoint(path, config, network=state)
    return str(path)


def test_weights_and_statistics_are_averaged(tmp_path: Path) -> None:
    config = NetworkConfig(0.25, 1, 8)
    runs = [stored(tmp_path / f"{value}.pt", config, value) for value in (1.0, 2.0, 6.0)]
    assert main([*runs, "--out", str(tmp_path / "mean.pt")]) == 0
    mean = open_network(tmp_path / "mean.pt")
    assert mean.config == config
    assert all((value == 3).all() for value in mean.state_dict().values())


@pytest.mark.parametrize(("stages", "words"), [((1,), "two networks"), ((1, 0), "differ in shape")])
def test_what_has_no_average_is_refused(
    stages: tuple[int, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    runs = [stored(tmp_path / f"{n}.pt", NetworkConfig(0.25, n, 8), 1.0) for n in stages]
    assert main([*runs, "--out", str(tmp_path / "mean.pt")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "mean.pt").exists()
