"""torch and onnxruntime give the same numbers, and the runtime knows the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra `train`")
onnx = pytest.importorskip("onnx", reason="needs the extra `train`")

from edge_app.errors import InputError  # noqa: E402
from edge_app.runtime.onnx import OnnxBackend  # noqa: E402
from export.to_onnx import export, largest_error, main  # noqa: E402
from models.checkpoint import open_network, save_checkpoint  # noqa: E402
from models.network import LightweightOpenPose, NetworkConfig  # noqa: E402

CONFIG = NetworkConfig(0.25, 1, 16)


@pytest.fixture(params=[False, True], ids=["warm start", "norm in the backbone"])
def network(request: pytest.FixtureRequest) -> LightweightOpenPose:
    """Random weights everywhere, running statistics too, so that folding has work to do."""
    torch.manual_seed(0)
    network = LightweightOpenPose(replace(CONFIG, backbone_norm=request.param))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return network.eval()


def test_torch_and_onnxruntime_agree(network: LightweightOpenPose) -> None:
    model = export(network, (64, 96), {})
    assert largest_error(network, model, (64, 96)) < 1e-3
    ops = {node.op_type for node in onnx.load_from_string(model).graph.node}
    assert "BatchNormalization" not in ops


def test_the_file_says_what_it_needs(network: LightweightOpenPose, tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(export(network, (64, 96), {"weights_sha256": "abc"}))
    backend = OnnxBackend(path)
    assert backend.input_hw == (64, 96) and backend.metadata["weights_sha256"] == "abc"
    heatmaps, pafs = backend.infer(np.zeros((1, 3, 64, 96), np.float32))
    assert heatmaps.shape == (19, 8, 12) and pafs.shape == (38, 8, 12)


@pytest.mark.parametrize(
    ("key", "value"),
    [("scaling", "bgr/255"), ("keypoints", "[]"), ("stride", "4"), ("scaling", None)],
)
def test_a_model_for_another_program_is_refused(
    network: LightweightOpenPose, tmp_path: Path, key: str, value: str | None
) -> None:
    model = onnx.load_from_string(export(network, (64, 64), {}))
    kept = [p for p in model.metadata_props if p.key != key]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    if value is not None:
        model.metadata_props.add(key=key, value=value)
    path = tmp_path / "a.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(InputError, match=f"its {key} is"):
        OnnxBackend(path)


def test_a_shortened_network_answers_with_its_earlier_stage(
    network: LightweightOpenPose, tmp_path: Path
) -> None:
    path = tmp_path / "a.pt"
    save_checkpoint(path, network.config, network=network.state_dict())
    image = torch.rand(1, 3, 64, 64) * 2 - 1
    with pytest.raises(InputError, match="has 1 stages, not 2"):
        open_network(path, 2)
    short = open_network(path, 0)
    assert short.config.refinement_stages == 0
    for earlier, now in zip(network.stages(image)[1][0], short(image)):
        torch.testing.assert_close(earlier, now)
    assert largest_error(short, export(short, (64, 64), {}), (64, 64)) < 1e-3


def test_a_size_off_the_stride_is_refused(network: LightweightOpenPose) -> None:
    for size in ((60, 64), (0, 64), (64, -8)):
        with pytest.raises(InputError, match="multiple of 8"):
            export(network, size, {})


def test_the_command_writes_a_file_that_opens(
    network: LightweightOpenPose, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    save_checkpoint(tmp_path / "c.pt", network.config, network=network.state_dict())
    out = tmp_path / "a.onnx"
    assert main([str(tmp_path / "c.pt"), "--size", "64", "--out", str(out)]) == 0
    assert OnnxBackend(out).input_hw == (64, 64)
    assert main([str(tmp_path / "none.pt"), "--out", str(out)]) == 2
    assert "not a checkpoint" in capsys.readouterr().err
    assert (
        main([str(tmp_path / "c.pt"), "--size", "64", "--out", str(tmp_path / "no" / "a.onnx")])
        == 2
    )
    assert "cannot write" in capsys.readouterr().err
