"""What stands beside an engine: what it was built from, for which machine, what it really is."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic.dataclasses import dataclass
from typing_extensions import Literal

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.certificate import check_certificate
from edge_app.runtime.contract import SCALING
from edge_app.runtime.metadata import check_metadata
from edge_app.skeleton import KEYPOINTS, STRIDE
from edge_app.validation import CLOSED, parse_json

QDQ = "Q/DQ nodes of the model"  # how INT8 got its ranges, where the model had a certificate


Precision = Literal["fp32", "fp16", "int8"]


@dataclass(frozen=True, config=CLOSED)
class Sidecar:
    """Everything that must be right for an engine file to be run, and how it came to be."""

    engine_sha256: str
    model: str  # name of the ONNX file it was built from
    model_sha256: str
    input_h: int
    input_w: int
    tensorrt: str
    gpu: str
    compute_capability: tuple[int, int]
    cuda: str
    board: str
    requested: str  # precision, as the user said it
    precision: Precision  # as it was built
    reason: str  # why they are what they are
    workspace_mib: int
    tactics: str
    calibration: str  # how INT8 got its ranges, "" for other precisions
    built_s: float
    python: str  # the interpreter that has this TensorRT
    scaling: str = SCALING
    keypoints: tuple[str, ...] = KEYPOINTS
    stride: int = STRIDE
    format: Literal[1] = 1

    @property
    def machine(self) -> dict[str, Any]:
        """What the machine must have, as the worker compares it."""
        return {
            "tensorrt": self.tensorrt,
            "gpu": self.gpu,
            "compute_capability": list(self.compute_capability),
        }


def sidecar_path(engine: Path) -> Path:
    """model.engine → model.engine.json."""
    return engine.with_name(engine.name + ".json")


def file_sha256(path: Path) -> str:
    """Of the content.

    Raises:
        InputError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(2**20), b""):
                digest.update(block)
    except OSError as exc:
        raise InputError(f"cannot read {path}: {exc.strerror}") from exc
    return digest.hexdigest()


def write_sidecar(engine: Path, sidecar: Sidecar) -> None:
    """Beside the engine, whole or not at all."""
    with whole_file(sidecar_path(engine)) as path:
        text = json.dumps(dataclasses.asdict(sidecar), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")


def read_sidecar(engine: Path) -> Sidecar:
    """The sidecar of an engine that fits this program and is the very file the sidecar speaks of.

    Whether it fits the machine only the worker can tell.

    Raises:
        InputError: engine or sidecar are missing, damaged, of another format or not a pair, or the
            engine was built for other pictures or keypoints.
    """
    path = sidecar_path(engine)
    if not engine.is_file():
        raise InputError(f"there is no engine {engine}: build it with reps engine build")
    if not path.is_file():
        raise InputError(f"{engine} has no {path.name} beside it: build it again on this device")
    try:
        sidecar = parse_json(Sidecar, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{path} is damaged ({exc}): build the engine again") from exc
    if file_sha256(engine) != sidecar.engine_sha256:
        raise InputError(f"{engine} is not the file its sidecar speaks of: build it again")
    keypoints = json.dumps(sidecar.keypoints)
    found = {"scaling": sidecar.scaling, "keypoints": keypoints, "stride": str(sidecar.stride)}
    check_metadata(engine, found)
    return sidecar


def check_engine_certificate(engine: Path, sidecar: Sidecar) -> None:
    """INT8 only with a certificate: the model's own, or one for this very engine beside it.

    Raises:
        InputError: the engine was calibrated here, and as `check_certificate`.
    """
    if sidecar.precision == "int8" and sidecar.calibration != QDQ:
        remedy = "build the engine of a Q/DQ model with a certificate, or as FP16"
        check_certificate(engine, sidecar.engine_sha256, remedy)
