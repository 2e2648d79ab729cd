"""Every runtime keeps the contract."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.runtime.metadata import tensor_shapes
from edge_app.runtime.open import open_backend
from edge_app.runtime.providers import PROVIDERS


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_blob_in_heatmaps_and_fields_out(provider: str) -> None:
    try:
        backend = open_backend(provider=provider, threads=1)
    except InputError as exc:
        pytest.skip(str(exc))
    assert backend.path.is_file() and backend.provider
    shapes = tensor_shapes(backend.input_hw)
    heatmaps, pafs = backend.infer(np.zeros(shapes["image"], np.float32))
    assert [1, *heatmaps.shape] == shapes["heatmaps"] and heatmaps.dtype == np.float32
    assert [1, *pafs.shape] == shapes["pafs"] and pafs.dtype == np.float32
