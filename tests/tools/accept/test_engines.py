"""Engines of every precision that a board can, by the fake TensorRT; a Nano cannot do INT8."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from edge_app.errors import InputError
from edge_app.runtime.tensorrt.sidecar import read_sidecar
from edge_app.tools.accept import engines as module
from edge_app.tools.accept.engines import engine_path, engines
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped

pytestmark = pytest.mark.usefixtures("one_network")


def test_a_nano_builds_two_and_says_why_not_the_third(
    rig: Rig, tensorrt: Callable[..., None]
) -> None:
    tensorrt("8.2", "5.3", "NVIDIA Tegra X1")
    found: Found = {}
    assert engines(rig, found) == "built fast fp32, fast fp16; not for this board: fast int8"
    assert "has no INT8 units" in found["not_for_this_board"]["fast int8"]
    built = found["built"]["fast fp16"]
    assert built["seconds"] > 0 and built["mib"] == pytest.approx(8.6, abs=0.2)
    assert read_sidecar(engine_path(rig.engines, "fast", "fp16")).precision == "fp16"
    assert found["folder"] == "engines"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InputError("the builder died: out of memory"), "fast fp32: the builder died: out of"),
        (OSError(errno.ENOSPC, "No space left on device"), "fast fp32: .*No space left"),
    ],
)
def test_one_that_cannot_be_built_fails_and_the_others_are_built(
    error: Exception, words: str, rig: Rig, tensorrt: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    build = module.build_engine

    def run_out(model: object, out: object, precision: str, **options: object) -> object:
        if precision == "fp32":
            raise error
        return build(model, out, precision, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "build_engine", run_out)
    found: Found = {}
    with pytest.raises(Failed, match=words):
        engines(rig, found)
    assert list(found["built"]) == ["fast fp16"]


def test_without_tensorrt_it_is_skipped(rig: Rig, hide_cudart: Callable[[], None]) -> None:
    hide_cudart()
    with pytest.raises(Skipped, match="no working TensorRT"):
        engines(rig, {})
    assert not rig.engines.exists()
