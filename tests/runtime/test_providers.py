"""Every name that `--provider` takes leads to a module that opens networks."""

from __future__ import annotations

import importlib

import pytest

from edge_app.runtime.onnx import EXECUTION_PROVIDERS
from edge_app.runtime.providers import PROVIDERS


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_has_a_module_that_opens_a_network(name: str) -> None:
    assert callable(importlib.import_module(PROVIDERS[name].module).open_model)


def test_onnx_runtime_s_providers_are_those_it_knows() -> None:
    ours = {n for n, p in PROVIDERS.items() if p.module == "edge_app.runtime.onnx"}
    assert ours == set(EXECUTION_PROVIDERS)
    assert {n for n, p in PROVIDERS.items() if p.gpu} == {"cuda", "tensorrt"}
