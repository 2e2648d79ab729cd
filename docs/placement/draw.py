"""Draws where the camera stands for each exercise: `python docs/placement/draw.py` → placement.svg.

Distances are geometry: the whole movement of a student of 1.80 m, with a quarter to spare, in the
picture of a camera that sees 60° across.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

LENS_DEG = 60.0  # usual USB cameras see 55° to 78° across
RATIO = 16 / 9
SPARE = 1.25
TORSO, THIGH, SHIN, UPPER_ARM, FOREARM, HEAD = 0.54, 0.45, 0.44, 0.31, 0.28, 0.24
FOOT = 0.18
SIDE, FRONT = "at the student's side", "in front of the student"
COLUMN_PX, ROW_PX, COLUMNS = 400, 275, 3

Point = tuple[float, float]
Line = list[Point]


@dataclass(frozen=True)
class Posture:
    """A body in the camera's picture: angles in degrees, 0 to the right, 90 up; lengths in metres.

    `second` are the far arm and leg where they are not behind the near ones: arm, forearm, thigh,
    shin.
    """

    hip: Point
    trunk: float
    thigh: float
    shin: float
    arm: float
    forearm: float
    second: tuple[float, float, float, float] | None = None

    def lines(self) -> list[Line]:
        """Trunk with head, legs, arms."""
        shoulder = _step(self.hip, self.trunk, TORSO)
        drawn = [[self.hip, shoulder, _step(shoulder, self.trunk, HEAD / 2)]]
        limbs = [(self.arm, self.forearm, self.thigh, self.shin)]
        for arm, forearm, thigh, shin in limbs + ([self.second] if self.second else []):
            elbow, knee = _step(shoulder, arm, UPPER_ARM), _step(self.hip, thigh, THIGH)
            drawn += [[shoulder, elbow, _step(elbow, forearm, FOREARM)]]
            drawn += [[self.hip, knee, _step(knee, shin, SHIN)]]
        return drawn

    def head(self) -> Point:
        """The middle of the head."""
        return _step(self.hip, self.trunk, TORSO + 0.16)


@dataclass(frozen=True)
class Panel:
    """One exercise: rest and turning point, from where, and how high the camera is in metres."""

    name: str
    rest: Posture
    extreme: Posture
    view: str = SIDE
    height_m: float = 0.9
    hint: str = ""


def _step(start: Point, deg: float, length: float) -> Point:
    return (
        start[0] + length * math.cos(math.radians(deg)),
        start[1] + length * math.sin(math.radians(deg)),
    )


LYING = Posture((0, 0.1), 180, 55, -62, 150, 30)
HIGH = Posture((0, 0.4), 21, 201, 201, -93, -88)
PLANK = Posture((0, 0.22), 9, 189, 189, -90, 0)
STANDING = Posture((0, 0.9), 90, -90, -90, -88, -85)
PANELS = [
    Panel("sit-up", LYING, Posture((0, 0.1), 72, 55, -62, 20, 165), height_m=0.5),
    Panel("crunch", LYING, Posture((0, 0.1), 150, 55, -62, 120, 10), height_m=0.5),
    Panel(
        "v-sit-up", Posture((0, 0.1), 180, 0, 0, 180, 180), Posture((0, 0.1), 130, 45, 45, 20, 20),
        height_m=0.5,
    ),
    Panel("push-up", HIGH, Posture((0, 0.19), 7, 187, 187, 170, -85), height_m=0.5),
    Panel(
        "hand-release push-up", HIGH, Posture((0, 0.12), 0, 180, 180, 150, 20), height_m=0.5,
        hint="the hands must be seen",
    ),
    Panel("plank", PLANK, PLANK, height_m=0.5),
    Panel("squat", STANDING, Posture((-0.28, 0.54), 62, -10, -102, 5, 5)),
    Panel(
        "lunge",
        Posture((0, 0.9), 90, -90, -90, -88, -85),
        Posture((0, 0.55), 90, -8, -90, -85, -80, (-85, -80, -98, 185)),
    ),
    Panel(
        "jumping jack",
        Posture((0, 0.9), 90, -92, -90, -80, -85, (-100, -95, -88, -90)),
        Posture((0, 0.86), 90, -65, -68, 62, 75, (118, 105, -115, -112)),
        view=FRONT, hint="or at the side",
    ),
    Panel(
        "pull-up",
        Posture((0, 1.2), 90, -90, -100, 85, 92),
        Posture((0, 1.68), 90, -90, -100, -40, 85),
        height_m=1.3, hint="the hands on the bar must be seen",
    ),
    Panel("curl", STANDING, Posture((0, 0.9), 90, -90, -90, -85, 75)),
    Panel("burpee", Posture((0, 0.92), 90, -90, -90, 85, 88), HIGH, height_m=0.7),
]  # fmt: skip


def extent(panel: Panel) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of the whole movement in metres."""
    points = [p for one in (panel.rest, panel.extreme) for line in one.lines() for p in line]
    points += [(x, y + 0.14) for x, y in (panel.rest.head(), panel.extreme.head())]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) - 0.1, 0.0, max(xs) + 0.1, max(ys)


def distance_m(panel: Panel) -> float:
    """From camera to student, rounded up to half a metre."""
    left, bottom, right, top = extent(panel)
    across = math.tan(math.radians(LENS_DEG / 2))
    need = max((right - left) / 2 / across, (top - bottom) / 2 / (across / RATIO))
    return max(2.0, math.ceil(2 * SPARE * need) / 2)


def _body(posture: Posture, place: tuple[float, float, float], style: str) -> str:
    x0, y0, px = place

    def at(p: Point) -> str:
        return f"{x0 + p[0] * px:.1f},{y0 - p[1] * px:.1f}"

    drawn = [
        f'<polyline points="{" ".join(at(p) for p in line)}" class="{style}"/>'
        for line in posture.lines()
    ]
    x, y = at(posture.head()).split(",")
    return "".join(drawn) + f'<circle cx="{x}" cy="{y}" r="{0.11 * px:.1f}" class="{style}"/>'


def _picture(panel: Panel) -> str:
    """What the camera sees: the turning point grey, rest black, in the frame at that distance."""
    wide, x, y = 240, 150, 46
    across_m = 2 * distance_m(panel) * math.tan(math.radians(LENS_DEG / 2))
    px = wide / across_m
    left, bottom, right, top = extent(panel)
    middle = (left + right) / 2
    floor = y + wide / RATIO / 2 + (top + bottom) / 2 * px
    place = (x + wide / 2 - middle * px, floor, px)
    frame = f'<rect x="{x}" y="{y}" width="{wide}" height="{wide / RATIO:.0f}" class="frame"/>'
    ground = f'<line x1="{x}" y1="{floor:.1f}" x2="{x + wide}" y2="{floor:.1f}" class="floor"/>'
    bar = ""
    if panel.name == "pull-up":
        top_y = floor - (top - 0.02) * px
        bar = f'<line x1="{x + 90}" y1="{top_y:.1f}" x2="{x + 150}" y2="{top_y:.1f}" class="bar"/>'
    ghost = _body(panel.extreme, place, "ghost")
    return frame + ground + bar + ghost + _body(panel.rest, place, "body")


def _above(panel: Panel) -> str:
    """The mat and the camera from above; the arrow is where the student looks or the head lies."""
    mat = '<rect x="30" y="60" width="84" height="34" rx="3" class="mat"/>'
    if panel.view == SIDE:
        arrow = '<path d="M46 77 H98 M88 70 L98 77 L88 84" class="line"/>'
    else:
        arrow = '<path d="M72 62 V90 M65 81 L72 90 L79 81" class="line"/>'
    sight = '<path d="M72 152 L28 62 M72 152 L116 62" class="sight"/>'
    camera = '<path d="M61 152 h6 v-5 h10 v5 h6 v15 h-22 z"/>'
    away = f'<text x="90" y="132" class="small">{distance_m(panel):.1f} m</text>'
    return mat + sight + arrow + f'<g class="camera">{camera}</g>' + away


def _panel(panel: Panel, x: float, y: float) -> str:
    lines = [
        f"{distance_m(panel):.1f} m away, {panel.height_m:.1f} m high",
        panel.view,
        panel.hint,
    ]
    said = "".join(
        f'<text x="20" y="{212 + 20 * i}" class="said">{line}</text>'
        for i, line in enumerate(lines)
    )
    title = f'<text x="20" y="30" class="title">{panel.name}</text>'
    drawn = title + _above(panel) + _picture(panel) + said
    return f'<g transform="translate({x:.0f} {y:.0f})">{drawn}</g>'


STYLE = """
text { font-family: sans-serif; fill: #222 } .title { font-size: 18px; font-weight: bold }
.said { font-size: 14px } .small { font-size: 12px }
.frame { fill: #f4f6f8; stroke: #555 } .mat { fill: #cfe3f5; stroke: #7a9cb8 }
.floor { stroke: #999 } .bar { stroke: #333; stroke-width: 4 }
.body, .ghost { fill: none; stroke-width: 4; stroke-linecap: round; stroke-linejoin: round }
.body { stroke: #1b1b1b } .ghost { stroke: #d9822b; opacity: .75 }
.line { fill: none; stroke: #333; stroke-width: 2 }
.sight { fill: none; stroke: #888; stroke-dasharray: 4 3 }
.camera { fill: #333 }
"""


def sheet() -> str:
    """All panels on one page."""
    width, height = COLUMN_PX * COLUMNS, ROW_PX * math.ceil(len(PANELS) / COLUMNS)
    panels = "".join(
        _panel(panel, COLUMN_PX * (i % COLUMNS), ROW_PX * (i // COLUMNS))
        for i, panel in enumerate(PANELS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>'
        f"{panels}</svg>\n"
    )


if __name__ == "__main__":
    Path(__file__).with_name("placement.svg").write_text(sheet(), encoding="utf-8")
