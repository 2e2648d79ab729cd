"""The fastest way to run a network is found by itself, and what is passed over is said."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import types
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.runtime import auto
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model

VNNI, NONE = "fpu avx2 avx512_vnni", "fpu avx2"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    return Path(shutil.copy(shipped_model("fast"), tmp_path / "net.onnx"))


def processor(root: Path, flags: str) -> Path:
    """A folder that looks like a machine with this processor."""
    (root / "proc").mkdir(exist_ok=True)
    (root / "proc" / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t:\n")
    return root


def installed(monkeypatch: pytest.MonkeyPatch, there: bool = True) -> None:
    """OpenVINO installed or not, whatever this machine has."""
    spec = importlib.util.find_spec("json") if there else None
    monkeypatch.setattr(auto.importlib.util, "find_spec", lambda name: spec)


@pytest.mark.parametrize(
    ("files", "openvino", "flags", "names"),
    [
        ((), False, VNNI, ["ONNX Runtime"]),
        ((), True, VNNI, ["OpenVINO", "ONNX Runtime"]),
        (("net-int8.onnx",), True, NONE, ["OpenVINO", "ONNX Runtime"]),
        (("net-int8.onnx",), True, VNNI, ["net-int8.onnx", "OpenVINO", "ONNX Runtime"]),
        (("net-int8.onnx",), True, "amx_int8", ["net-int8.onnx", "OpenVINO", "ONNX Runtime"]),
        (("net-int8.onnx",), False, VNNI, ["ONNX Runtime"]),  # Q/DQ is slow there: never chosen
        (("net.engine",), False, VNNI, ["net.engine", "ONNX Runtime"]),
        (
            ("net.engine", "net-int8.onnx"), True, VNNI,
            ["net.engine", "net-int8.onnx", "OpenVINO", "ONNX Runtime"],
        ),
    ],
)  # fmt: skip
def test_the_order(
    files: tuple[str, ...], openvino: bool, flags: str, names: list[str],
    network: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in files:
        (network.parent / name).write_bytes(b"something")
    installed(monkeypatch, openvino)
    found = list(auto.ways(network, 1, processor(network.parent, flags)))
    assert [way.name for way in found] == names
    assert all(way.why for way in found)


def test_without_openvino_onnx_runtime_runs_it_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, False)
    backend = open_backend()
    assert isinstance(backend, OnnxBackend) and backend.provider == "CPUExecutionProvider"
    assert backend.why == "OpenVINO is not installed"


def test_without_integer_units_the_float_network_runs(
    network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (network.parent / "net-int8.onnx").write_bytes(b"something")
    installed(monkeypatch)
    first = next(auto.ways(network, 1, processor(network.parent, NONE)))
    assert first.name == "OpenVINO" and "no integer units" in first.why


def test_a_broken_plug_in_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    class Core:
        def get_property(self, *_: str) -> None:
            raise RuntimeError("Cannot load library 'libopenvino_intel_cpu_plugin.so'")

    broken = types.ModuleType("openvino")
    broken.Core, broken.__version__ = Core, "9.9.9"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "openvino", broken)
    installed(monkeypatch)
    backend = open_backend()
    assert isinstance(backend, OnnxBackend)
    assert "OpenVINO does not start here: Cannot load library" in backend.why


@pytest.mark.parametrize("said", [b"QuantizeLinear", b"{"])
def test_an_int8_file_without_a_pass_is_passed_over(
    said: bytes, network: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (network.parent / "net-int8.onnx").write_bytes(b"QuantizeLinear")
    if said == b"{":
        (network.parent / "net-int8.json").write_bytes(said)
    monkeypatch.setattr(auto, "cpu_flags", lambda root: frozenset(VNNI.split()))
    installed(monkeypatch)
    backend = auto.open_model(network, 1)
    assert backend.path == network
    assert "net-int8.onnx is refused" in backend.why and "certificate" in backend.why


def test_a_foreign_engine_is_passed_over(network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, False)
    (network.parent / "net.engine").write_bytes(b"of another board")
    backend = auto.open_model(network, 1)
    assert isinstance(backend, OnnxBackend) and "net.engine is refused" in backend.why


def test_a_network_that_nothing_runs_has_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such model"):
        open_backend(tmp_path / "a.onnx")
    (tmp_path / "b.onnx").write_bytes(b"no network")
    with pytest.raises(InputError, match="not a valid model"):
        open_backend(tmp_path / "b.onnx")
