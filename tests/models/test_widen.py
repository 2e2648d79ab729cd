"""Widening: the same answers, and copies that can learn different things."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from models.checkpoint import open_network, save_checkpoint  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402
from models.widen import main, widen  # noqa: E402

IMAGE = torch.linspace(-9, 9, 3 * 64 * 64).reshape(1, 3, 64, 64).cos()


def lively(config: NetworkConfig) -> LightweightOpenPose:
    torch.manual_seed(2)
    network = LightweightOpenPose(config)
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return network.eval()


@pytest.mark.parametrize("width", [0.25, 0.5, 0.625])
def test_a_wider_network_answers_the_same(width: float) -> None:
    network = lively(NetworkConfig(0.25, 1, 8))
    wide = widen(network, width)
    assert wide.config == NetworkConfig(width, 1, 8)
    with torch.inference_mode():
        for narrow, now in zip(network(IMAGE), wide(IMAGE)):
            scale = float(narrow.abs().max())
            torch.testing.assert_close(now / scale, narrow / scale, atol=1e-4, rtol=0)


def test_copies_are_read_differently() -> None:
    wide = widen(lively(NetworkConfig(0.25, 0, 8)), 0.5)
    weight = wide.backbone.layers[1][2][0].weight.detach()[:16, :, 0, 0]
    first = wide.backbone.layers[0][0][0].weight.detach().flatten(1)
    alike = [(a, b) for a in range(8) for b in range(8, 16) if torch.equal(first[a], first[b])]
    assert len(alike) == 8
    for a, b in alike:
        ratio = weight[:, a] / weight[:, b]
        assert ratio.std() > 0.05


def test_narrower_is_refused() -> None:
    with pytest.raises(InputError, match="not wider"):
        widen(lively(NetworkConfig(0.5, 0, 8)), 0.25)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    config = NetworkConfig(0.25, 0, 8)
    save_checkpoint(tmp_path / "a.pt", config, network=lively(config).state_dict())
    out = tmp_path / "b.pt"
    assert main([str(tmp_path / "a.pt"), "--width", "0.5", "--out", str(out)]) == 0
    assert open_network(out).config.width == 0.5
    assert main([str(tmp_path / "a.pt"), "--width", "0.1", "--out", str(out)]) == 2
    assert "not wider" in capsys.readouterr().err
