"""A network by its name or file, and what replaces one that is refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.runtime import open as opening
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.providers import PROVIDERS, Provider


def test_names_and_files_lead_to_the_same_network() -> None:
    assert open_backend().path == open_backend("fast").path == shipped_model("fast")
    assert open_backend(str(shipped_model("fast"))).input_hw == open_backend().input_hw


def test_only_models_are_opened() -> None:
    with pytest.raises(InputError, match=r"\.onnx or \.engine"):
        open_backend("weights.pt")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for name, said in (("a.onnx", "no such model"), ("a.engine", "no such engine")):
        with pytest.raises(InputError, match=said):
            open_backend(tmp_path / name)


def test_an_incomplete_program_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opening.SHIPPED, "fast", "lost.onnx")
    with pytest.raises(InputError, match=r"lost\.onnx is missing: install edge-reps again"):
        shipped_model("fast")


def test_a_runtime_that_refuses_is_replaced_only_where_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A new runtime is its module and a line; this one refuses everything."""
    monkeypatch.setitem(PROVIDERS, "refusing", Provider(__name__))
    with pytest.raises(InputError, match="not today"):
        open_backend(provider="refusing")
    with caplog.at_level(logging.WARNING):
        backend = open_backend(provider="refusing", allow_fallback=True)
    assert backend.provider == "CPUExecutionProvider"
    assert "not today; until then pose-fast.onnx runs on the CPU" in caplog.text


def open_model(path: Path, threads: int, provider: str, allow_fallback: bool) -> None:
    """The runtime that refuses everything."""
    raise InputError("not today")
