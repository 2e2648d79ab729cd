"""Memory that two processes share."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from edge_app.runtime.tensorrt.slots import SLOTS, Slots, layout

HW = (64, 96)


def test_tensors_lie_one_after_the_other() -> None:
    tensors, size = layout(HW)
    image, cells = 3 * 64 * 96, 8 * 12
    assert tensors == {
        "image": ([1, 3, 64, 96], 0),
        "heatmaps": ([1, 19, 8, 12], 4 * image),
        "pafs": ([1, 38, 8, 12], 4 * (image + 19 * cells)),
    }
    assert size == 4 * (image + 57 * cells)


def test_what_one_side_writes_the_other_reads() -> None:
    slots = Slots(HW)
    numbers = [slots.put(np.full((1, 3, *HW), value, np.float32)) for value in (1, 2)]
    request = slots.request()
    size = request["slot_bytes"]
    with mmap.mmap(request["memory"], SLOTS * size) as other:  # as the worker opens it
        shared = np.frombuffer(other, np.float32).reshape(SLOTS, -1)
        assert [shared[n, 0] for n in numbers] == [1, 2]
        shared[numbers[0], 3 * 64 * 96 :] = 7
        heatmaps, pafs = slots.take(numbers[0])
        shared[numbers[0], 3 * 64 * 96 :] = 8
        del shared
    assert heatmaps.shape == (19, 8, 12) and pafs.shape == (38, 8, 12)
    assert (heatmaps == 7).all() and (pafs == 7).all(), "outputs are copies"


def test_a_slot_is_free_again_when_its_outputs_were_taken() -> None:
    slots, blob = Slots(HW), np.zeros((1, 3, *HW), np.float32)
    numbers = [slots.put(blob) for _ in range(SLOTS)]
    with pytest.raises(IndexError):
        slots.put(blob)
    slots.take(numbers[1])
    assert slots.put(blob) == numbers[1]
