"""`reps calibrate collect`: a set that the quantiser can read, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.camera.clip import ClipSource
from edge_app.errors import InputError
from edge_app.pose.views import View
from edge_app.runtime.open import open_backend
from edge_app.tools.collect import balanced, record_views, write_set
from edge_app.values import Frame


def view(number: float, close: bool = True) -> View:
    jpeg = cv2.imencode(".jpg", np.full((16, 16, 3), 10 * int(number), np.uint8))[1].tobytes()
    return View(jpeg, close, np.nan, 0.5, np.nan, np.array([number]))


def test_views_are_the_search_and_then_the_person(data: Path) -> None:
    with ClipSource(data / "squat.mp4") as source:
        first = next(iter(source))
    frames = [Frame(first.image, i / 10, i) for i in range(5)]
    views = list(record_views(frames, open_backend(), blur=False, spacing_s=0))
    assert [v.close for v in views] == [False] * 3 + [True] * 5
    assert len(list(record_views(frames, open_backend(), blur=True, spacing_s=0.2))) == 6


def test_a_fifth_shows_the_search() -> None:
    views = [view(i) for i in range(20)] + [view(i, False) for i in range(20)]
    chosen = balanced(views, 10)
    assert [v.close for v in chosen] == [True] * 8 + [False] * 2
    assert len(balanced(views[:20], 10)) == 10  # no search was seen
    assert len(balanced(views[18:], 10)) == 10  # two close views only


def test_a_set_is_never_written_over_or_half(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no frame"):
        write_set(tmp_path / "a", [], 3, {})
    write_set(tmp_path / "a", [view(1), view(2)], 3, {"source": "test"})
    with pytest.raises(InputError, match="exists"):
        write_set(tmp_path / "a", [view(1)], 3, {})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a"]
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write"):
        write_set(tmp_path / "file" / "set", [view(1)], 3, {})
