"""The JSON file beside an engine: what it was built from, for which machine, and what it is."""

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

QDQ = "Q/DQ nodes of the model"  # how INT8 got its ranges, if the model had a certificate


Precision = Literal["fp32", "fp16", "int8"]


@dataclass(frozen=True, config=CLOSED)
class Sidecar:
    """Everything that must match before an engine runs, and how it was built."""

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
    requested: str  # precision, as requested by the user
    precision: Precision  # as built
    reason: str  # why this precision was built
    workspace_mib: int
    tactics: str
    calibration: str  # how INT8 got its ranges, "" for other precisions
    built_s: float
    python: str  # the Python interpreter with this TensorRT
    scaling: str = SCALING
    keypoints: tuple[str, ...] = KEYPOINTS
    stride: int = STRIDE
    format: Literal[1] = 1

    @property
    def machine(self) -> dict[str, Any]:
        """The machine's required properties, as the worker compares them."""
        return {
            "tensorrt": self.tensorrt,
            "gpu": self.gpu,
            "compute_capability": list(self.compute_capability),
        }


def sidecar_path(engine: Path) -> Path:
    """model.engine → model.engine.json."""
    return engine.with_name(engine.name + ".json")


def file_sha256(path: Path) -> str:
    """The hash of a file's content.

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
    """Writes the sidecar beside the engine, completely or not at all."""
    with whole_file(sidecar_path(engine)) as path:
        text = json.dumps(dataclasses.asdict(sidecar), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")


def read_sidecar(engine: Path) -> Sidecar:
    """The sidecar of an engine, after checking that both match each other and this program.

    Only the worker can check the machine.

    Raises:
        InputError: engine or sidecar are missing, damaged, of another format or do not match, or
            the engine was built for other pictures or keypoints.
    """
    path = sidecar_path(engine)
    if not engine.is_file():
        raise InputError(f"no such engine: {engine}; build it with reps engine build")
    if not path.is_file():
        raise InputError(f"{engine} has no {path.name} beside it: build it again on this device")
    try:
        sidecar = parse_json(Sidecar, path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise InputError(f"{path} is damaged ({exc}): build the engine again") from exc
    if file_sha256(engine) != sidecar.engine_sha256:
        raise InputError(f"{engine} does not match its sidecar: build it again")
    keypoints = json.dumps(sidecar.keypoints)
    found = {"scaling": sidecar.scaling, "keypoints": keypoints, "stride": str(sidecar.stride)}
    check_metadata(engine, found)
    return sidecar


def check_engine_certificate(engine: Path, sidecar: Sidecar) -> None:
    """INT8 needs a certificate: the model's own, or one for this engine beside it.

    Raises:
        InputError: the engine was calibrated here; or as for `check_certificate`.
    """
    if sidecar.precision == "int8" and sidecar.calibration != QDQ:
        remedy = "build the engine of a Q/DQ model with a certificate, or as FP16"
        check_certificate(engine, sidecar.engine_sha256, remedy)
