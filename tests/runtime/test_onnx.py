"""The provider that is asked for, the one that is there, and what is said of a difference."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnxruntime as ort
import pytest

from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model

FAST = shipped_model("fast")


def test_the_provider_is_what_the_session_says() -> None:
    assert open_backend(provider="cpu").provider == "CPUExecutionProvider"


@pytest.mark.parametrize("provider", ["cuda", "tensorrt"])
@pytest.mark.parametrize("listed", [True, False], ids=["listed but dead", "not in this build"])
def test_a_silent_fall_back_to_the_cpu_is_an_error_unless_allowed(
    provider: str, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """onnxruntime-gpu without a GPU lists the provider and opens a session on the CPU."""
    asked = []
    real = ort.InferenceSession

    def session(path: str, options: ort.SessionOptions, providers: list[tuple]) -> object:
        asked.append([name for name, _ in providers])
        return real(path, options, providers=["CPUExecutionProvider"])

    names = ["TensorrtExecutionProvider", "CUDAExecutionProvider"] if listed else []
    monkeypatch.setattr(ort, "get_available_providers", lambda: [*names, "CPUExecutionProvider"])
    monkeypatch.setattr(ort, "InferenceSession", session)
    why = "a library of it is missing" if listed else "no such provider"
    with pytest.raises(InputError, match=f"only CPUExecutionProvider .*{why}"):
        OnnxBackend(FAST, provider=provider)
    assert OnnxBackend(FAST, 0, provider, True).provider == "CPUExecutionProvider"
    assert ("CUDAExecutionProvider" in asked[0]) == listed and asked[0][-1] == asked[1][-1]


def test_only_models_are_opened() -> None:
    with pytest.raises(InputError, match=r"\.onnx or \.engine"):
        open_backend("weights.pt")


def test_nothing_is_written_down_about_the_device(tmp_path: Path) -> None:
    run = (
        "import numpy as np; from edge_app.runtime.onnx import OnnxBackend;"
        "from edge_app.runtime.open import shipped_model;"
        "backend = OnnxBackend(shipped_model('fast'));"
        "backend.infer(np.zeros((1, 3, *backend.input_hw), np.float32))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    environment.update(HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path / "cache"))
    subprocess.run([sys.executable, "-c", run], env=environment, check=True)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
