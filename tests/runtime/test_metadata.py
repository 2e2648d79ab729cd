"""A network that was made for something else is refused, whatever would run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.runtime.metadata import EXPECTED, check_metadata, check_shapes, tensor_shapes
from edge_app.runtime.open import open_backend, shipped_model

PATH = Path("a.onnx")
GOOD = tensor_shapes((192, 160))


def test_shapes_follow_from_the_picture_s_size() -> None:
    assert GOOD == {
        "image": [1, 3, 192, 160], "heatmaps": [1, 19, 24, 20], "pafs": [1, 38, 24, 20],
    }  # fmt: skip
    assert check_shapes(PATH, GOOD["image"], GOOD) == (192, 160)


@pytest.mark.parametrize(
    ("image", "changed", "said"),
    [
        ([1, 3, 192], {}, r"its input is \[1, 3, 192\]"),
        ([1, 1, 192, 160], {}, r"its input is \[1, 1, 192, 160\]"),
        (["batch", 3, 192, 160], {}, r"its input is \['batch', 3, 192, 160\]"),
        ([1, 3, "h", "w"], {}, r"its input is \[1, 3, 'h', 'w'\]"),
        ([1, 3, 192, 160], {"heatmaps": None}, "its heatmaps are None"),
        ([1, 3, 192, 160], {"pafs": [1, 52, 24, 20]}, r"its pafs are \[1, 52, 24, 20\]"),
    ],
)
def test_other_shapes_are_refused(
    image: list[object], changed: dict[str, list[object] | None], said: str
) -> None:
    outputs = {k: v for k, v in {**GOOD, **changed}.items() if v is not None}
    with pytest.raises(InputError, match=f"does not fit this program: {said}"):
        check_shapes(PATH, image, outputs)


@pytest.mark.parametrize("key", EXPECTED)
def test_other_metadata_are_refused(key: str) -> None:
    check_metadata(PATH, {**EXPECTED, "network": "more is welcome"})
    with pytest.raises(InputError, match=f"its {key} is 'other'"):
        check_metadata(PATH, {**EXPECTED, key: "other"})
    with pytest.raises(InputError, match=f"its {key} is None"):
        check_metadata(PATH, {k: v for k, v in EXPECTED.items() if k != key})


@pytest.mark.parametrize("provider", ["cpu", "openvino"])
@pytest.mark.parametrize("key", EXPECTED)
def test_every_runtime_refuses_them(provider: str, key: str, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="writing a network needs the package onnx")
    if provider == "openvino":
        pytest.importorskip("openvino", reason="OpenVINO is not installed")
    model = onnx.load(shipped_model("fast"))
    for entry in model.metadata_props:
        if entry.key == key:
            entry.value = "other"
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(InputError, match=f"does not fit this program: its {key} is 'other'"):
        open_backend(tmp_path / "other.onnx", provider=provider)
