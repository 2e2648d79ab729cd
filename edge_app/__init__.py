"""Counts the repetitions of an exercise from a camera or a video file.

>>> import edge_app
>>> edge_app.count_clip("tests/data/sit-up.mp4", exercise="sit-up").title
'sit-up'

The names below come from `edge_app.api`, which is imported when the first of them is used.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"
__released__ = "2026-11-28"  # no right clock is before it

# ONNX Runtime 1.31 for Linux sends usage data with a device id to its maker. It reads this variable
# on import; to switch it off later is too late.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from edge_app.api import (
        Backend,
        Count,
        Exercise,
        Frame,
        LiveCounter,
        Person,
        Pose,
        Update,
        Verdict,
        count_clip,
        exercise_from_toml,
        find_people,
        open_network,
        replay,
    )
    from edge_app.errors import InputError

__all__ = [
    "Backend", "Count", "Exercise", "Frame", "InputError", "LiveCounter", "Person", "Pose",
    "Update", "Verdict", "count_clip", "exercise_from_toml", "find_people", "open_network",
    "replay",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'edge_app' has no attribute '{name}'")
    module = "edge_app.errors" if name == "InputError" else "edge_app.api"
    value = globals()[name] = getattr(importlib.import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
