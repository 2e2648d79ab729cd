"""What the gate says of an INT8 network on each runtime, and the certificate that says so."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from edge_app.pose.agreement import Agreement, agreement
from edge_app.runtime.certificate import FORMAT, ONNX_RUNTIME, OPENVINO, TENSORRT
from edge_app.runtime.contract import Backend
from models.scores import Figure

from .clips import same_counts
from .evidence import Evidence
from .expand import expand
from .gate import Limit, Measured, measure, objections, rows
from .graph import Graph, multiply_adds
from .make import serialised
from .quantise import Recipe
from .split import split_concatenations

PACKAGES = {ONNX_RUNTIME: "onnxruntime", OPENVINO: "openvino"}
BY_ARITHMETIC = "by ONNX Runtime's arithmetic; never run on a GPU"


@dataclass(frozen=True)
class Verdict:
    """The gate's answer for one runtime.

    Attributes:
        lost: what the candidate loses in each row of the gate.
        agreement: of its outputs with FP32's: information.
        same_counts: share of the real clips counted as by FP32: information; None without clips.
    """

    runtime: str
    provider: str
    measured: Measured
    lost: dict[str, Figure]
    agreement: Agreement
    same_counts: float | None
    objections: list[str]

    def plain(self) -> dict[str, Any]:
        """For the certificate."""
        return {
            "runs on": self.provider,
            "objections": self.objections,
            "lost": {
                n: [round(v, 4) for v in (f.value, f.low, f.high)] for n, f in self.lost.items()
            },
            "figures": self.measured.plain(),
            "outputs": {n: round(v, 5) for n, v in asdict(self.agreement).items()},
            "same counts": self.same_counts,
        }


def judge(
    runtime: str, candidate: Backend, reference: Backend, wanted: Measured, views: np.ndarray,
    evidence: Evidence, limits: Mapping[str, Limit],
) -> Verdict:  # fmt: skip
    """Measures a candidate and compares it with what the reference found."""
    signals = agreement(reference.infer, candidate.infer, views)
    found = measure(candidate, evidence)
    lost = rows(wanted, found)
    same = None
    if wanted.counted is not None and found.counted is not None:
        same = round(same_counts(wanted.counted, found.counted), 4)
    refused = objections(lost, limits)
    return Verdict(runtime, candidate.provider, found, lost, signals, same, refused)


def certificate(
    source: Path, name: str, model: onnx.ModelProto, recipe: Recipe, verdicts: Sequence[Verdict],
    limits: Mapping[str, Limit],
) -> dict[str, Any]:  # fmt: skip
    """The file, its source, the recipe and the verdicts, as the runtimes read it.

    Args:
        source: of the FP32 network. name: of the INT8 file.
    """
    content, fp32 = serialised(model), source.read_bytes()
    passed = {v.runtime: version(PACKAGES[v.runtime]) for v in verdicts if not v.objections}
    if ONNX_RUNTIME in passed:
        passed[TENSORRT] = BY_ARITHMETIC
    measured = {row for verdict in verdicts for row in verdict.lost}
    return {
        "format": FORMAT,
        "passed": passed,
        "precision": "int8",
        "files": [
            {"file": name, "sha256": sha256(content), "bytes": len(content)},
            {"file": f"{name}, expanded for TensorRT before 8.6",
             "sha256": sha256(serialised(expand(model)))},
        ],
        "source": {"file": source.name, "sha256": sha256(fp32), "bytes": len(fp32)},
        "size_ratio": round(len(content) / len(fp32), 4),
        "int8_share_of_multiply_adds": round(int8_share(model, onnx.load(source)), 4),
        "recipe": recipe.as_dict(),
        "limits": {row: limit._asdict() for row, limit in limits.items()},
        "not_measured": [row for row in limits if row not in measured],
        "runtimes": {verdict.runtime: verdict.plain() for verdict in verdicts},
        "measured_on": f"{platform.machine()}, one CPU thread",
    }  # fmt: skip


def int8_share(model: onnx.ModelProto, fp32: onnx.ModelProto) -> float:
    """Share of the multiply-adds that run in INT8."""
    costs = multiply_adds(split_concatenations(fp32))
    graph = Graph(model)
    dequantised = {n.output[0] for n in graph.of_type("DequantizeLinear")}
    quantised = sum(costs[c.name] for c in graph.of_type("Conv") if c.input[0] in dequantised)
    return quantised / sum(costs.values())


def sha256(content: bytes) -> str:
    """The hash of a file's content."""
    return hashlib.sha256(content).hexdigest()
