"""What is written down of a machine, and that the doctor's problems fail the step."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.tools.accept.machine import machine
from edge_app.tools.accept.rig import Failed, Found, Rig


@pytest.mark.usefixtures("one_network")
def test_a_nano_with_tensorrt(rig: Rig, nano: Path, tensorrt: Callable[..., None]) -> None:
    tensorrt("8.2", "5.3", "NVIDIA Tegra X1")
    found: Found = {}
    said = machine(dataclasses.replace(rig, root=nano), found)
    assert said.startswith("NVIDIA Jetson Nano Developer Kit, L4T R32.7.1; 8.2.1 in ")
    assert found["board"]["temperatures_c"] == {"CPU-therm": 45.5}
    assert found["tensorrt"]["tensorrt"] == "8.2.1" and found["tensorrt"]["int8"] is False
    assert {"what", "level", "said", "fix"} == set(found["doctor"][0])
    assert len(found["networks"]["fast"]) == 64 and found["versions"]["onnxruntime"]
    json.dumps(found)


@pytest.mark.usefixtures("one_network")
def test_a_jetson_without_tensorrt_fails_with_the_doctors_words(
    rig: Rig, nano: Path, hide_cudart: Callable[[], None]
) -> None:
    hide_cudart()
    found: Found = {}
    with pytest.raises(Failed, match=r"^tensorrt: no working TensorRT"):
        machine(dataclasses.replace(rig, root=nano), found)
    assert "no working TensorRT" in found["tensorrt"]["missing"]
    assert found["doctor"], "what the doctor found is kept"
