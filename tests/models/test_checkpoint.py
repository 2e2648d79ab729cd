"""What is kept of a training run can be gone on from."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from models.checkpoint import keep_half, load_weights, read_checkpoint, save_checkpoint  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402


def test_a_half_precision_copy_is_something_to_start_from(tmp_path: Path) -> None:
    config = NetworkConfig(width=0.25, stage_channels=16, refinement_stages=0)
    network = LightweightOpenPose(config)
    average = {f"module.{name}": value for name, value in network.state_dict().items()}
    average["n_averaged"] = torch.tensor(7)
    state = {"network": network.state_dict(), "average": average, "done": 150_016}
    (tmp_path / "run").mkdir()
    save_checkpoint(tmp_path / "run" / "checkpoint.pt", config, **state)
    kept = tmp_path / "in-training.pt"
    assert keep_half(tmp_path / "run", kept) == 150_016
    whole = (tmp_path / "run" / "checkpoint.pt").stat().st_size
    assert kept.stat().st_size < 0.6 * whole
    assert read_checkpoint(kept)["config"] == config.as_dict()
    again = LightweightOpenPose(config)
    load_weights(again, kept)
    for name, value in network.state_dict().items():
        read = again.state_dict()[name]
        assert read.dtype == value.dtype
        torch.testing.assert_close(read, value, rtol=2e-3, atol=1e-5)
