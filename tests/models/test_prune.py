"""Pruning: what matters stays, and the result is an ordinary network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.models.pictures import write_set

torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("torch_pruning", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from models.checkpoint import open_network, save_checkpoint  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402
from models.prune import main, prune  # noqa: E402

IMAGE = torch.linspace(-1, 1, 3 * 64 * 64).reshape(1, 3, 64, 64).cos()


def lively(config: NetworkConfig) -> LightweightOpenPose:
    """A network every layer of which does something, as after training."""
    torch.manual_seed(1)
    network = LightweightOpenPose(config)
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):  # gradients reach the first layer
            torch.nn.init.kaiming_normal_(module.weight)
    for stage in (network.initial, *network.refinements):
        for last in (stage.heatmaps[-1], stage.pafs[-1]):
            torch.nn.init.normal_(last.weight, std=0.1)
    return network.eval()


def with_gradients(network: LightweightOpenPose) -> LightweightOpenPose:
    heatmaps, pafs = network(IMAGE)
    (heatmaps.square().mean() + pafs.square().mean()).backward()
    return network


def test_channels_that_do_nothing_are_the_ones_that_go() -> None:
    network = lively(NetworkConfig(0.5, 1, 16))
    dead = torch.arange(0, 16, 4)  # a quarter of the first convolution's channels
    with torch.no_grad():
        first = network.backbone.layers[0][0][0]
        first.weight[dead], first.bias[dead] = 0, 0
        following = network.backbone.layers[1]
        following[0][0].weight[dead], following[0][0].bias[dead] = 0, 0
        following[2][0].weight[:, dead] = 0
    with_gradients(network)
    felt = (first.weight * first.weight.grad).flatten(1).abs().sum(1) > 0
    assert 8 <= int(felt.sum()) <= 12
    wanted = first.weight[felt].clone()
    pruned = prune(network, 0.375, 16)
    assert pruned.config == NetworkConfig(0.375, 1, 16)
    left = pruned.backbone.layers[0][0][0].weight
    for row in wanted:
        assert any(torch.equal(row, other) for other in left)


def test_stages_are_pruned_without_the_backbone() -> None:
    network = lively(NetworkConfig(0.25, 1, 16))
    backbone = {k: v.clone() for k, v in network.backbone.state_dict().items()}
    narrow = prune(with_gradients(network), 0.25, 12)
    for key, value in narrow.backbone.state_dict().items():
        assert torch.equal(value, backbone[key])
    assert narrow.initial.trunk[0][0].weight.shape == (12, 12 + 115, 3, 3)
    heatmaps, pafs = narrow(IMAGE)
    assert heatmaps.shape == (1, 19, 8, 8) and pafs.shape == (1, 38, 8, 8)
    assert heatmaps.isfinite().all() and heatmaps.std() > 0


def test_a_wider_network_is_refused_and_an_uneven_one_is_not() -> None:
    network = with_gradients(lively(NetworkConfig(0.25, 0, 16)))
    with pytest.raises(InputError, match="not narrower than"):
        prune(network, 0.5, 16)
    assert prune(network, 0.21, 13).config == NetworkConfig(0.21, 0, 13)


def test_the_command_writes_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    write_set(tmp_path / "data" / "a", 3)
    config = NetworkConfig(0.5, 1, 16)
    save_checkpoint(tmp_path / "a.pt", config, network=lively(config).state_dict())
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        'images = 8\nstart = "posenet"\nbatch = 2\n[augmentation]\nsize = 64\n'
        '[[sources]]\npath = "a"\n'
    )
    arguments = [str(tmp_path / "a.pt"), str(recipe), "--data", str(tmp_path / "data")]
    arguments += ["--width", "0.25", "--channels", "8", "--images", "4", "--stages", "0"]
    assert main([*arguments, "--out", str(tmp_path / "b.pt")]) == 0
    assert open_network(tmp_path / "b.pt").config == NetworkConfig(0.25, 0, 8)
    assert main([*arguments, "--width", "0.6", "--out", str(tmp_path / "c.pt")]) == 2
    assert "not narrower than" in capsys.readouterr().err
    assert not (tmp_path / "c.pt").exists()
