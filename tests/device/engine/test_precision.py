"""Which precision is built on which machine, and of which of a network's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.device.engine.precision import choose_precision, find_forms
from edge_app.errors import InputError
from edge_app.runtime.open import shipped_model

FAST = shipped_model("fast")
MACHINES = {
    "Nano, 8.2": {"gpu": "Tegra X1", "compute_capability": [5, 3], "fp16": True, "int8": False,
                      "weakly_typed": True, "calibrator": True, "tensorrt": "8.2.1"},
    "Orin, 10.3": {"gpu": "Orin", "compute_capability": [8, 7], "fp16": True, "int8": True,
                       "weakly_typed": True, "calibrator": True, "tensorrt": "10.3.0"},
    "Orin, 11.4": {"gpu": "Orin", "compute_capability": [8, 7], "fp16": True, "int8": True,
                       "weakly_typed": False, "calibrator": False, "tensorrt": "11.4.0"},
    "Maxwell, 8.6": {"gpu": "GTX 970", "compute_capability": [5, 2], "fp16": False, "int8": False,
                         "weakly_typed": True, "calibrator": True, "tensorrt": "8.6.1"},
}  # fmt: skip
F, Q, H = ("fp32",), ("int8",), ("fp16",)
SET, BACK = ("calibrated",), ("allow_fallback",)


@pytest.mark.parametrize(
    ("machine", "requested", "given", "expected"),
    [
        ("Nano, 8.2", "auto", F, "fp16 of fp32"),
        ("Nano, 8.2", "auto", F + Q, "fp16 of fp32"),  # Q/DQ is a hard error there
        ("Nano, 8.2", "auto", Q, "no INT8 units: use the FP32 model"),
        ("Nano, 8.2", "int8", F + Q, "has no INT8 units"),
        ("Nano, 8.2", "int8", F + SET, "has no INT8 units"),  # would build, and be slower
        ("Nano, 8.2", "int8", F + Q + BACK, "fp16 of fp32"),
        ("Nano, 8.2", "int8", Q + BACK, "has no INT8 units"),  # nothing to fall back on
        ("Nano, 8.2", "fp32", F, "fp32 of fp32"),
        ("Orin, 10.3", "auto", F, "fp16 of fp32"),
        ("Orin, 10.3", "auto", F + Q, "int8 of int8"),
        ("Orin, 10.3", "int8", F + Q, "int8 of int8"),
        ("Orin, 10.3", "int8", F + Q + SET, "int8 of int8"),  # Q/DQ first
        ("Orin, 10.3", "int8", F + SET, "int8 of fp32"),
        ("Orin, 10.3", "int8", F, "no quantised model with a certificate"),
        ("Orin, 10.3", "int8", F + BACK, "fp16 of fp32"),
        ("Orin, 10.3", "fp16", F + Q, "fp16 of fp32"),
        ("Orin, 10.3", "fp16", Q, "cannot build fp16 from a quantised model"),
        ("Orin, 11.4", "auto", F, "fp32 of fp32"),  # the file decides: FP32 in, FP32 out
        ("Orin, 11.4", "auto", F + H, "fp16 of fp16"),
        ("Orin, 11.4", "fp16", F, "use an FP16 ONNX"),
        ("Orin, 11.4", "int8", F + SET, "has no calibrator"),
        ("Orin, 11.4", "int8", F + Q, "int8 of int8"),
        ("Maxwell, 8.6", "auto", F, "fp32 of fp32"),
        ("Maxwell, 8.6", "fp16", F, "no fast FP16"),
        ("Maxwell, 8.6", "int8", F + BACK, "has no INT8 units"),
    ],
)
def test_precision(machine: str, requested: str, given: tuple[str, ...], expected: str) -> None:
    forms = [form for form in ("fp32", "fp16", "int8") if form in given]
    switches = {name: name in given for name in ("calibrated", "allow_fallback")}
    try:
        choice = choose_precision(requested, MACHINES[machine], forms, **switches)
    except InputError as exc:
        assert expected in str(exc) and "\n" not in str(exc)
    else:
        assert f"{choice.precision} of {choice.form}" == expected


def test_forms_of_a_network_lie_side_by_side_and_broken_ones_do_not_count(tmp_path: Path) -> None:
    fp32 = tmp_path / "pose.onnx"
    fp32.write_bytes(FAST.read_bytes())
    (tmp_path / "pose-int8.onnx").write_bytes(b"QuantizeLinear")
    assert find_forms(fp32) == {"fp32": fp32}
    with pytest.raises(InputError, match="pose-int8"):
        find_forms(tmp_path / "pose-int8.onnx")
