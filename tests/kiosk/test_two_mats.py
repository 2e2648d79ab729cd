"""Two students on two mats in one picture, in a real browser, with videos of their attempts.

With EDGE_REPS_SCREENSHOTS=FOLDER the pages are photographed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

import cv2
import numpy as np

from edge_app.camera.clip import ClipSource
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pose.tracker import Zone
from edge_app.runtime.open import open_backend
from tests.kiosk.browser import running_kiosk
from tests.kiosk.test_class_period import ROSTER, Teacher

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow
HALVES = (Zone(right=0.5), Zone(left=0.5))
FRAMES = 130  # of the clip
STILL = 30  # before them, for the gate: an attempt begins when the pose has been held a moment
LATER = 20  # frames after the first student the second one begins


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered student twice, side by side, the right one mirrored and later."""
    path = tmp_path_factory.mktemp("clip") / "two.avi"
    capture = cv2.VideoCapture(str(Path(__file__).parents[1] / "data" / "squat.mp4"))
    moving = [cv2.resize(capture.read()[1], (480, 270)) for _ in range(FRAMES)]
    shown = moving[:1] * STILL + moving
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (960, 480))
    wall = np.full((105, 960, 3), 170, np.uint8)
    for number, left in enumerate(shown):
        right = shown[max(0, number - LATER)][:, ::-1]
        writer.write(np.vstack([wall, np.hstack([left, right]), wall]))
    writer.release()
    return path


def counted_alone(clip: Path, zone: Zone) -> int:
    """What `reps count --mats 2` finds in one half."""
    rules = rules_of("squat")
    with ClipSource(clip) as source:
        lane = rules.lane(rules.estimator(open_backend(threads=1), zone))
        (result,) = run(source, [lane])
    return result.score


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("kiosk")
    (folder / "kiosk.toml").write_text("mats = 2\n")
    with running_kiosk(folder, "--settings", str(folder / "kiosk.toml")) as (_, url):
        yield url


def call_two(teacher: Teacher) -> None:
    """First start, roster, and a student called to each mat."""
    page = teacher.page
    page.locator("dialog[open] input[name=pin]").fill("2468")
    page.locator("dialog[open] button.main").click()
    page.locator("dialog[open]").wait_for(state="detached")
    roster = f"{teacher.address}/api/roster/import"
    answer = teacher.context.request.post(roster, headers={"X-Reps": "1"}, data=ROSTER)
    assert answer.ok, answer.text()
    still = {"camera": teacher.still, "exercise": "squat", "countdown_s": 0, "video": "veiled"}
    teacher.ask("PUT", "/api/settings", **still)
    page.reload()
    teacher.wait(lambda: teacher.ask("GET", "/api/health")["camera"]["state"] == "ended")
    for mat, student in ((1, "Ada Adams"), (2, "Ben Baker")):
        row = page.locator("#students tr", has_text=student)
        row.get_by_role("button", name=f"Mat {mat}").click()
        row.get_by_text("On the mat").wait_for()


def test_two_mats(chromium: Browser, address: str, clip: Path, tmp_path: Path) -> None:
    teacher = Teacher(chromium, address, tmp_path)
    call_two(teacher)
    station = teacher.station
    mats = lambda: teacher.ask("GET", "/api/station")["mats"]  # noqa: E731
    station.bring_to_front()
    station.keyboard.press("Space")  # both at once
    teacher.wait(lambda: [m["phase"] for m in mats()] == ["waiting", "waiting"])
    teacher.ask("PUT", "/api/settings", camera=f"file:{clip}?every")
    teacher.wait(lambda: mats()[1]["count"] >= 1)
    teacher.photograph("two-mats", station)
    teacher.wait(lambda: [m["phase"] for m in mats()] == ["finished", "finished"])
    counts = [counted_alone(clip, zone) for zone in HALVES]
    assert [m["count"] for m in mats()] == counts and min(counts) >= 1
    shown = "n => [...document.querySelectorAll('.count')].map((e) => +e.textContent).join() === n"
    station.wait_for_function(shown, arg=",".join(map(str, counts)))
    assert station.locator(".name").all_text_contents() == ["Mat 1 · Ada", "Mat 2 · Ben"]
    watch_and_delete(teacher, "Ada Adams")
    draw_the_second(teacher)
    assert teacher.complaints == []


def watch_and_delete(teacher: Teacher, student: str) -> None:
    """The results page plays the attempt's video and deletes it."""
    page = teacher.page
    page.bring_to_front()
    page.goto(f"{teacher.address}/results")
    page.locator("#table tr", has_text=student).click()
    ready = "() => document.querySelector('video')?.readyState"
    page.wait_for_function(ready)
    page.evaluate("document.querySelector('video').currentTime = 3")
    page.wait_for_timeout(1000)
    teacher.photograph("video", page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#unfilm").click()
    page.wait_for_function("() => !document.querySelector('video')")
    assert not any(a["video"] for a in teacher.ask("GET", "/api/attempts") if a["mat"] == "1")


def draw_the_second(teacher: Teacher) -> None:
    """A finger draws the second mat's zone anew; the first stays as it was."""
    page = teacher.page
    page.goto(f"{teacher.address}/settings")
    page.locator("#zones .zone").nth(1).wait_for()
    page.get_by_role("button", name="Draw mat 2").click()
    box = page.locator("#area").bounding_box()
    assert box is not None
    corners = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in ((0.6, 0.2), (0.95, 0.9))
    ]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=4)
    page.mouse.up()
    page.locator("#said").get_by_text("Saved").wait_for()
    zones = teacher.ask("GET", "/api/settings")["zones"]
    assert zones[0] == [0, 0, 0.5, 1]
    assert zones[1] == pytest.approx([0.6, 0.2, 0.95, 0.9], abs=0.02)
    page.locator("input[name=camera]").fill("usb:")
    teacher.photograph("zones", page)
