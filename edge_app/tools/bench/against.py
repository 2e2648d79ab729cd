"""Two files of `reps accept` side by side: two boards, or one before and after a change."""

from __future__ import annotations

from typing import Any, Tuple

from edge_app.tools.accept.report import Report

Row = Tuple[str, Any, Any]  # a name, and the value in each file; None where a file has none
Place = Tuple[str, ...]  # keys from a step's name inwards

PLAIN: dict[str, Place] = {  # rows that every file may have
    "load: way": ("load", "way"),
    "load: frames a second": ("load", "summary", "fps"),
    "… first minute": ("load", "summary", "fps_first"),
    "… last minute": ("load", "summary", "fps_last"),
    "… hottest °C": ("load", "summary", "hottest_c"),
    "… throttled by": ("load", "summary", "throttled"),
    "… W": ("load", "summary", "watts"),
    "… W at rest": ("load", "summary", "watts_at_rest"),
    "… frames a joule": ("load", "summary", "frames_per_joule"),
    "… resident memory at the end, MiB": ("load", "summary", "rss_mib_last"),
    "power mode": ("machine", "board", "power_mode"),
    "TensorRT": ("machine", "tensorrt", "tensorrt"),
    "latency: camera": ("latency", "camera"),
    **{
        f"… {what}, {p} ms": ("latency", f"{what}_ms", p)
        for what in ("pose", "page", "picture")
        for p in ("p50", "p95", "p99")
    },
}
FAMILIES: dict[str, tuple[Place, Place]] = {  # rows by keys of a table: its place, places in it
    "load: {0}, ms": (("load", "summary", "stages_ms"), ()),
    "engine {0}: seconds": (("engines", "built"), ("seconds",)),
    "engine {0}: MiB": (("engines", "built"), ("mib",)),
    "fast by {0}: ms": (("parity", "fast", "ways"), ("ms",)),
    "fast by {0}: keypoints within 2 %": (
        ("parity", "fast", "ways"), ("keypoints_within_2_percent",),
    ),
    "accurate by {0}: ms": (("parity", "accurate", "ways"), ("ms",)),
    "accurate by {0}: keypoints within 2 %": (
        ("parity", "accurate", "ways"), ("keypoints_within_2_percent",),
    ),
    "camera {0}: pictures a second": (("camera", "modes"), ("fps",)),
}  # fmt: skip


def side_by_side(one: Report, other: Report, names: tuple[str, str]) -> str:
    """A Markdown table: each figure of both files, and the second over the first."""
    both = [{step: result.found for step, result in r.steps.items()} for r in (one, other)]
    rows: list[Row] = [
        ("board", one.board, other.board),
        ("made by", one.made_by, other.made_by),
        ("failed", ", ".join(one.failed) or "nothing", ", ".join(other.failed) or "nothing"),
    ]
    rows += [(name, *(_at(found, place) for found in both)) for name, place in PLAIN.items()]
    for name, (place, inner) in FAMILIES.items():
        tables = [t if isinstance(t := _at(found, place), dict) else {} for found in both]
        for key in dict.fromkeys([*tables[0], *tables[1]]):
            values = [_at(table, (key, *inner)) for table in tables]
            rows.append((name.format(key), *values))
    lines = [f"| | {names[0]} | {names[1]} | ÷ |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {_shown(a)} | {_shown(b)} | {_ratio(a, b)} |"
        for name, a, b in rows
        if a is not None or b is not None
    ]
    return "\n".join(lines)


def _at(table: Any, place: Place) -> Any:
    """The value at a place; None if the file has nothing there."""
    for key in place:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    text = f"{value:.4g}" if _number(value) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _ratio(one: Any, other: Any) -> str:
    return f"{other / one:.2f}" if _number(one) and _number(other) and one else ""
