"""torch → ONNX: `python -m export.to_onnx RUN --size 256 --out models/weights/pose.onnx`.

Opset 13, static shape, batch 1, named outputs, batch norm folded, simplified: every TensorRT from
8.2 on can parse it. The file's metadata describes the input, and it is only written after
onnxruntime gives the same numbers as torch on noise, and the same keypoints on pictures.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn
from torch.fx.experimental.optimization import fuse

from calibration.pictures import SHIPPED
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.agreement import Agreement, agreement
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.runtime.contract import SCALING
from edge_app.skeleton import KEYPOINTS, STRIDE
from models.checkpoint import averaged_weights, open_network, read_checkpoint
from models.command import tool
from models.datasets import read_picture
from models.network import DilatedDepthwise, LightweightOpenPose

from .simplify import simplify

OPSET = 13
LARGEST_ERROR = 1e-3  # of any heatmap or field value, torch against onnxruntime, float32
LOWEST_AGREEMENT = 0.999  # share of torch's keypoints that onnxruntime finds at the same place
PICTURES = 24


def weights_sha256(path: Path) -> str:
    """Hash of the weights' names and values, independent of the file format."""
    digest = hashlib.sha256()
    for name, value in sorted(averaged_weights(read_checkpoint(path)).items()):
        digest.update(name.encode())
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def export(network: nn.Module, size: tuple[int, int], metadata: dict[str, str]) -> bytes:
    """The network as a checked ONNX file.

    Args:
        network: in evaluation mode.
        size: height and width of the input in pixels, multiples of 8.
        metadata: written into the file, in addition to what the runtime checks.

    Raises:
        InputError: the size is not a multiple of the stride.
    """
    if any(n <= 0 or n % STRIDE for n in size):
        raise InputError(f"the size must be a multiple of {STRIDE}, not {size}")
    plain = copy.deepcopy(network).float().cpu()
    for module in plain.modules():
        if isinstance(module, DilatedDepthwise):  # only training needs it, and `fuse` knows Conv2d
            module.__class__ = nn.Conv2d  # type: ignore[assignment]
    folded = fuse(plain)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns that it will drop the exporter with opset 13
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            folded, (torch.zeros(1, 3, *size),), str(path), opset_version=OPSET, dynamo=False,
            input_names=["image"], output_names=["heatmaps", "pafs"],
        )  # fmt: skip
        model = onnx.load(path)
    said = {
        "scaling": SCALING,
        "keypoints": json.dumps(KEYPOINTS),
        "stride": str(STRIDE),
        **metadata,
    }
    for key, value in said.items():
        model.metadata_props.add(key=key, value=value)
    return simplify(model).SerializeToString()


def largest_error(network: LightweightOpenPose, model: bytes, size: tuple[int, int]) -> float:
    """Largest absolute difference between torch and onnxruntime on noise of the input's range."""
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    blob = np.random.default_rng(0).uniform(-1, 1, (2, 1, 3, *size)).astype(np.float32)
    worst = 0.0
    with torch.inference_mode():
        for image in blob:
            wanted = network(torch.from_numpy(image))
            got = session.run(["heatmaps", "pafs"], {"image": image})
            worst = max(worst, *(float(np.abs(w.numpy() - g).max()) for w, g in zip(wanted, got)))
    return worst


def agreement_with_torch(
    network: LightweightOpenPose, model: bytes, size: tuple[int, int], pictures: Path
) -> Agreement:
    """Keypoints of torch that onnxruntime finds at the same place, in about PICTURES pictures.

    Raises:
        InputError: the folder has no pictures.
    """
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    paths = sorted(p for p in pictures.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not paths:
        raise InputError(f"no pictures in {pictures}")
    images = (read_picture(path) for path in paths[:: max(1, len(paths) // PICTURES)])
    views = (preprocess(image, letterbox(image.shape[:2], size), size) for image in images)

    def by_torch(blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with torch.inference_mode():
            heatmaps, pafs = network(torch.from_numpy(blob))
        return heatmaps[0].numpy(), pafs[0].numpy()

    def by_onnx(blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        heatmaps, pafs = session.run(["heatmaps", "pafs"], {"image": blob})
        return heatmaps[0], pafs[0]

    return agreement(by_torch, by_onnx, views)


@tool("to_onnx")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m export.to_onnx", description=__doc__)
    parser.add_argument("weights", type=Path, help="checkpoint or run folder")
    parser.add_argument("--stages", type=int, help="keep this many refinement stages, not all")
    parser.add_argument("--size", type=int, default=256, help="side of the square input in pixels")
    parser.add_argument(
        "--pictures", type=Path, default=SHIPPED, help="folder of pictures to compare keypoints on"
    )
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    size = (args.size, args.size)
    network = open_network(args.weights, args.stages)
    sha256 = weights_sha256(args.weights)
    config = json.dumps(network.config.as_dict())
    model = export(network, size, {"weights_sha256": sha256, "network": config})
    error = largest_error(network, model, size)
    if error > LARGEST_ERROR:
        raise InputError(f"torch and onnxruntime differ by {error:.2g}: nothing was written")
    same = agreement_with_torch(network, model, size, args.pictures)
    if same.keypoints < LOWEST_AGREEMENT:
        raise InputError(
            f"torch and onnxruntime agree on {same.keypoints:.2%} of the keypoints in "
            f"{args.pictures}: nothing was written"
        )
    with whole_file(args.out) as part:
        part.write_bytes(model)
    print(
        f"{args.out}: {len(model) / 1e6:.1f} MB, largest error {error:.1e}, "
        f"{same.keypoints:.2%} of keypoints agree in {same.pictures} pictures, "
        f"weights {sha256[:12]}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
