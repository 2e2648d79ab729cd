"""Checks that a network fits this program: its metadata and the shapes of its tensors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Mapping, Sequence

from edge_app.errors import InputError
from edge_app.runtime.contract import SCALING
from edge_app.skeleton import KEYPOINTS, LIMBS, STRIDE

# Keys and values of an ONNX file's metadata; an engine's sidecar has the same.
EXPECTED = {"scaling": SCALING, "keypoints": json.dumps(KEYPOINTS), "stride": str(STRIDE)}


def check_metadata(path: Path, found: Mapping[str, str]) -> None:
    """Refuses a network made for another input or other keypoints.

    Args:
        path: of the network, for the message.
        found: at least the keys of `EXPECTED`, as strings.

    Raises:
        InputError: a key is missing or has another value.
    """
    for key, value in EXPECTED.items():
        if found.get(key) != value:
            raise InputError(f"{path} does not fit this program: its {key} is {found.get(key)!r}")


def check_shapes(
    path: Path, image: Sequence[object], outputs: Mapping[str, Sequence[object]]
) -> tuple[int, int]:
    """Refuses a network whose tensors differ from `tensor_shapes`.

    Args:
        path: of the network, for the message.
        image: shape of its input; a dimension that is not fixed is not a number.
        outputs: shapes of its outputs by name.

    Returns:
        Height and width of the input picture in pixels.

    Raises:
        InputError: the input or an output has another shape.
    """
    height, width = image[2:] if len(image) == 4 else (None, None)
    fixed = isinstance(height, int) and isinstance(width, int)
    if not (fixed and list(image[:2]) == [1, 3]):
        raise InputError(f"{path} does not fit this program: its input is {list(image)}")
    assert isinstance(height, int) and isinstance(width, int)
    for name, shape in tensor_shapes((height, width)).items():
        found = outputs.get(name)
        if name != "image" and (found is None or list(found) != shape):
            raise InputError(f"{path} does not fit this program: its {name} are {found}")
    return height, width


def tensor_shapes(input_hw: tuple[int, int]) -> dict[str, list[int]]:
    """Shapes of a network's input and outputs for pictures of (height, width) pixels.

    "image" (1, 3, h, w), "heatmaps" (1, 19, h/8, w/8), "pafs" (1, 38, h/8, w/8).
    """
    height, width = input_hw
    cells = [height // STRIDE, width // STRIDE]
    return {
        "image": [1, 3, height, width],
        "heatmaps": [1, len(KEYPOINTS) + 1, *cells],
        "pafs": [1, 2 * len(LIMBS), *cells],
    }
