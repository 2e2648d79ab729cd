"""The file that an operator writes for a station."""

from __future__ import annotations

from pathlib import Path

WHOLE = r"""
name = "gym-1"
timezone = "Asia/Shanghai"
language = "zh"
camera = "usb:"
protocol = "china-sit-up"
server = "postgresql://kiosk:p%40ss$\\\"word@school.lan/results"
open = true

[wifi]
name = "Turnhalle; Süd"
password = "sehr \\ geheim"
"""


def written(tmp_path: Path, text: str) -> Path:
    """The file with this text."""
    path = tmp_path / "edge-reps.toml"
    path.write_text(text, encoding="utf-8")
    return path
