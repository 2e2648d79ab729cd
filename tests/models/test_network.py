"""The network's shape, its prior, its zero start, and the import of PoseNet's weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from edge_app.skeleton import INDEX  # noqa: E402
from models.network import (  # noqa: E402
    Backbone,
    DilatedDepthwise,
    LightweightOpenPose,
    NetworkConfig,
    deal,
    gather,
)
from models.posenet import HEADS, load_posenet, read_tfjs  # noqa: E402

SMALL = NetworkConfig(width=0.25, stage_channels=16)


@pytest.mark.parametrize("stages", [0, 1, 3])
@pytest.mark.parametrize("width", [0.25, 0.5])
def test_output_is_19_heatmaps_and_38_fields_at_stride_8(width: float, stages: int) -> None:
    network = LightweightOpenPose(NetworkConfig(width, stages, 16)).eval()
    heatmaps, pafs = network(torch.zeros(2, 3, 64, 96))
    assert heatmaps.shape == (2, 19, 8, 12) and pafs.shape == (2, 38, 8, 12)


@pytest.mark.parametrize("size, deals", [((64, 96), True), ((40, 64), False)])
def test_a_backbone_that_trains_gives_the_same_dealt_out(
    size: tuple[int, int], deals: bool
) -> None:
    backbone = Backbone(0.25, norm=False)
    weight = backbone.layers[8][0][0].weight
    x = torch.randn(2, 3, *size, requires_grad=True)
    results = []
    for training in (True, False):
        out = backbone.train(training)(x)
        dilated = [m for m in backbone.modules() if isinstance(m, DilatedDepthwise)]
        assert len(dilated) == 7 and all(m.dealt == (training and deals) for m in dilated)
        out = out / out.detach().std()
        results.append([out, *torch.autograd.grad((out**3).sum(), [x, weight])])
    for dealt, plain in zip(*results):
        torch.testing.assert_close(dealt, plain, rtol=1e-3, atol=1e-4)


def test_what_was_dealt_out_is_gathered() -> None:
    x = torch.randn(2, 5, 8, 12)
    dealt = deal(x, 4)
    assert torch.equal(dealt[16 + 6], x[1, :, 1::4, 2::4]) and torch.equal(gather(dealt, 4), x)


def test_an_untrained_network_answers_with_its_prior() -> None:
    network = LightweightOpenPose(SMALL).eval()
    base, stages = network.stages(torch.randn(1, 3, 64, 64))
    for heatmaps, pafs in stages:
        assert torch.equal(heatmaps, base) and not pafs.any()


def test_the_prior_puts_a_gaussian_where_the_offsets_vanish() -> None:
    network = LightweightOpenPose(SMALL)
    head = network.prior.head
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    head.bias.data[:17] = 20.0  # every disk is full
    head.bias.data[17] = 7.0  # the nose is 7 px below everywhere
    base = network.prior(torch.zeros(1, network.backbone.channels, 4, 4))[0].detach()
    assert base[0, INDEX["nose"], 0, 0] == pytest.approx(np.exp(-0.5), abs=1e-5)
    assert base[0, INDEX["left_ankle"], 0, 0] == pytest.approx(1, abs=1e-5)
    assert not base[0, INDEX["neck"]].any() and not base[0, 18].any()


def write_posenet(folder: Path, width: float = 0.75) -> Path:
    """A TensorFlow.js graph with PoseNet's names and shapes and small random weights."""
    rng = np.random.default_rng(0)
    channels = [int(c * width) for c in (32, 64, 128, 128, 256, 256, *[512] * 8)]
    nodes, entries, data = [], [], b""

    def add(name: str, op: str, shape: tuple[int, ...], outputs: int) -> None:
        nonlocal data
        names = [f"{name}/weights", f"{name}/bias"]
        for entry, size in zip(names, (shape, (outputs,))):
            entries.append({"name": entry, "shape": list(size), "dtype": "float32"})
            data += rng.normal(0, 0.1, size).astype("<f4").tobytes()
        nodes.append({"name": f"M/{name}/conv", "op": op, "input": ["x", *names]})

    add("Conv2d_0", "_FusedConv2D", (3, 3, 3, channels[0]), channels[0])
    for number, (cin, cout) in enumerate(zip(channels, channels[1:]), 1):
        depthwise = f"Conv2d_{number}_depthwise"
        add(depthwise, "FusedDepthwiseConv2dNative", (3, 3, cin, 1), cin)
        add(f"Conv2d_{number}_pointwise", "_FusedConv2D", (1, 1, cin, cout), cout)
    for name, outputs in zip(HEADS, (17, 34, 32, 32)):
        add(name, "_FusedConv2D", (1, 1, channels[-1], outputs), outputs)
    manifest = [{"paths": ["w.bin"], "weights": entries}]
    (folder / "w.bin").write_bytes(data)
    path = folder / "posenet.json"
    path.write_text(json.dumps({"modelTopology": {"node": nodes}, "weightsManifest": manifest}))
    return path


@pytest.mark.parametrize("norm", [False, True])
def test_posenet_weights_arrive_unchanged(tmp_path: Path, norm: bool) -> None:
    path = write_posenet(tmp_path)
    network = LightweightOpenPose(NetworkConfig(0.75, 1, 16, backbone_norm=norm)).eval()
    load_posenet(network, path)
    arrays, _ = read_tfjs(path)
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    kernel = torch.from_numpy(arrays["Conv2d_0/weights"].transpose(3, 2, 0, 1).copy())
    bias = torch.from_numpy(arrays["Conv2d_0/bias"].copy())
    wanted = torch.nn.functional.conv2d(image, kernel, bias, 2, 1).clamp(0, 6)
    torch.testing.assert_close(network.backbone.layers[0](image), wanted, atol=1e-5, rtol=1e-4)
    last = arrays["Conv2d_13_pointwise/weights"][0, 0].T
    layer = network.backbone.layers[13][2]
    np.testing.assert_array_equal(layer[0].weight.detach().numpy()[:, :, 0, 0], last)
    offsets = arrays["offset_2/weights"][0, 0].T
    head = network.prior.head.weight.detach().numpy()[17:51, :, 0, 0]
    np.testing.assert_array_equal(head, offsets)


def test_posenet_weights_need_width_075(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="width"):
        load_posenet(LightweightOpenPose(SMALL), write_posenet(tmp_path))


def test_a_broken_posenet_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "posenet.json").write_text("{}")
    with pytest.raises(InputError, match=r"not a TensorFlow\.js graph model"):
        read_tfjs(tmp_path / "posenet.json")


def test_another_networks_graph_is_no_posenet(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps({"modelTopology": {"node": []}, "weightsManifest": []}))
    with pytest.raises(InputError, match="not PoseNet's MobileNetV1"):
        load_posenet(LightweightOpenPose(NetworkConfig(0.75, 0, 8)), path)
    narrow = write_posenet(tmp_path, width=0.5)
    with pytest.raises(InputError, match="not PoseNet's MobileNetV1"):
        load_posenet(LightweightOpenPose(NetworkConfig(0.75, 0, 8)), narrow)


@pytest.mark.parametrize("shape", [(0.0, 1, 8), (-1.0, 1, 8), (0.5, -1, 8), (0.5, 1, 0)])
def test_a_network_without_channels_is_refused(shape: tuple) -> None:
    with pytest.raises(InputError, match="no such network"):
        NetworkConfig(*shape)
