"""Every runtime keeps the contract."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.runtime.contract import Backend, Maps
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


@pytest.mark.parametrize("provider", PROVIDERS)
def test_runs_beside_the_caller_give_what_they_give_alone(provider: str) -> None:
    try:
        backend = open_backend(provider=provider, threads=1)
    except InputError as exc:
        pytest.skip(str(exc))
    shape = tensor_shapes(backend.input_hw)["image"]
    blobs = [np.full(shape, value, np.float32) for value in (-0.5, 0.1, 0.8)]
    alone = [backend.infer(blob) for blob in blobs]
    for _ in range(2):  # the second time with what the first one left
        begun_s = perf_counter()
        runs = [backend.start(blob) for blob in blobs]
        for number in (1, 0, 2):  # in any order
            for got, wanted in zip(runs[number].result(), alone[number]):
                np.testing.assert_array_equal(got, wanted)
        assert 0 < sum(run.seconds for run in runs) < perf_counter() - begun_s


def test_a_network_that_cannot_run_beside_its_caller_runs_at_once() -> None:
    class Plain(Backend):
        def infer(self, blob: np.ndarray) -> Maps:
            return blob, -blob

    run = Plain().start(np.ones(3))
    assert run.result()[1].tolist() == [-1, -1, -1] and run.seconds > 0
