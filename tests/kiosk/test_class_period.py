"""A whole class period in a real browser: roster, attempts, a rejection, a correction, export.

With EDGE_REPS_SCREENSHOTS=FOLDER every page is photographed in three sizes.
"""

from __future__ import annotations

import csv
import os
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

import cv2
import numpy as np

from edge_app.camera.clip import ClipSource
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.open import open_backend
from tests.kiosk.browser import running_kiosk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
NAMES = """
Ada Adams, Ben Baker, Chloe Chen, Dev Diaz, Emma Evans, Farid Fischer, Grace Garcia, Hugo Hansen,
Ivy Ito, Jonas Jones, Kira Khan, Liam Lopez, Mei Meyer, Noah Novak, Olga Okafor, Pia Park,
Quinn Quist, Rosa Rossi, Sam Singh, Tara Tan, Uma Umar, Vera Vogel, Wei Wang, Xenia Xu, Yara Young,
Zoe Zhang, Amir Abel, Bo Brown, Cleo Cohen, Dina Dubois
"""
STUDENTS = [tuple(name.split()) for name in NAMES.split(",")]
HEADER = "StudentID,StudentFirstName,StudentLastName,StudentGrade,StudentGender,ClassName\n"
ROSTER = HEADER + "".join(
    f"{1001 + i},{first},{last},7,{'fm'[i % 2]},7B\n" for i, (first, last) in enumerate(STUDENTS)
)
SIZES = ((1920, 1080), (1280, 800), (390, 844))
SHOTS = os.environ.get("EDGE_REPS_SCREENSHOTS", "")
# exercise, protocol, clip. In the sit-up clip one repetition is too low and one pushed with the
# hands: these two do not count.
ATTEMPTS = (
    ("sit-up", "China one-minute sit-up", "sit-up.mp4"),
    ("squat", "", "squat.mp4"),
    ("push-up", "", "push-up.mp4"),
    ("squat", "", "squat.mp4"),
    ("squat", "", "squat.mp4"),
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    clip = f"file:{Path(__file__).parents[1] / 'data' / 'squat.mp4'}?once"
    with running_kiosk(tmp_path_factory.mktemp("kiosk"), "--camera", clip) as (_, url):
        yield url


class Teacher:
    """A teacher's browser with two pages: the station and one of the others."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.still = f"file:{empty_clip(folder / 'empty.avi')}?every"
        self.address, self.complaints = address, []  # type: tuple[str, list[str]]
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, accept_downloads=True
        )
        self.context.set_default_timeout(60_000)
        self.station, self.page = self.open("/"), self.open("/class")

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.on("console", lambda m: self.complain(m.type, m.text))
        page.on("pageerror", lambda e: self.complain("error", str(e)))
        page.goto(self.address + path)
        return page

    def complain(self, kind: str, text: str) -> None:
        # A 401 is how a page finds out that it has to ask for the PIN.
        if kind in ("error", "warning") and "401" not in text:
            self.complaints.append(text)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.context.request.fetch(
            self.address + path, method=method, headers={"X-Reps": "1"}, data=body or None
        )
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def mat(self) -> dict[str, Any]:
        """How the only mat is."""
        mat: dict[str, Any] = self.ask("GET", "/api/station")["mats"][0]
        return mat

    def attempt(self, exercise: str, protocol: str, clip: Path, student: str) -> dict[str, Any]:
        """One student's attempt on a clip of which every picture is counted."""
        still = {"camera": self.still, "exercise": exercise, "protocol": protocol, "countdown_s": 0}
        self.ask("PUT", "/api/settings", **still)
        self.wait(lambda: self.ask("GET", "/api/health")["camera"]["state"] == "ended")
        row = self.page.locator("#students tr", has_text=student)
        row.get_by_role("button").click()
        self.page.locator("#mat button.main").click()
        self.wait(lambda: self.mat()["phase"] == "waiting")
        self.ask("PUT", "/api/settings", camera=f"file:{clip}?every")
        if SHOTS and protocol:
            self.wait(lambda: any(not r["counted"] for r in self.mat()["reps"]))
            self.station.screenshot(path=str(Path(SHOTS) / "station-rejected-1280x800.png"))
        self.wait(lambda: self.mat()["phase"] == "finished")
        board = self.mat()
        return board

    @staticmethod
    def wait(condition: Any, seconds: float = 240.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.2)

    def photograph(self, name: str, page: Page) -> None:
        if not SHOTS:
            return
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(900)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}x{height}.png"))
        page.set_viewport_size({"width": 1280, "height": 800})


def empty_clip(path: Path) -> Path:
    """Three pictures of nobody: the camera before the student's clip begins."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (640, 360))
    for _ in range(3):
        writer.write(np.full((360, 640, 3), 90, np.uint8))
    writer.release()
    return path


@lru_cache(maxsize=None)
def counted_alone(clip: Path, exercise: str) -> int:
    """What the counter finds in a clip without any kiosk."""
    with ClipSource(clip) as source:
        estimate = PoseEstimator(open_backend(threads=1))
        (result,) = run(source, [rules_of(exercise).lane(estimate)])
    return result.score


def bring_in_the_roster(teacher: Teacher, folder: Path) -> None:
    """First start: a PIN is set, a roster with a bad row is refused, a good one stored."""
    page = teacher.page
    page.locator("dialog[open] input[name=pin]").fill("2468")
    page.locator("dialog[open] button.main").click()
    page.locator("#students").get_by_text("No students yet").wait_for()
    good, bad = folder / "7B.csv", folder / "bad.csv"
    good.write_text(ROSTER, encoding="utf-8")
    bad.write_text(ROSTER + ",No,Number,7,f,7B\n", encoding="utf-8")
    page.locator("#import").click()
    page.locator("#file").set_input_files(bad)
    page.get_by_text("1 bad rows").wait_for()
    assert page.locator("#whole").is_disabled()
    teacher.photograph("import", page)
    page.locator("#file").set_input_files(good)
    page.get_by_text("30 good rows").wait_for()
    page.locator("#whole").click()
    page.locator("#students tbody tr").nth(29).wait_for()


def decide_otherwise(teacher: Teacher, student: str, score: int) -> None:
    """The teacher looks at a rejected repetition and counts it."""
    page = teacher.page
    page.goto(teacher.address + "/results")
    page.locator("#table tr", has_text=student).click()
    page.get_by_role("button", name="Count it").first.click()
    page.locator("dialog[open] input[name=who]").fill("Ms Lee")
    page.locator("dialog[open] input[name=why]").fill("I saw it")
    page.locator("#correcting button.main").click()
    shown = "n => document.getElementById('score')?.textContent === n"
    page.wait_for_function(shown, arg=str(score))
    page.locator("#table .tag", has_text="corrected").wait_for()
    teacher.photograph("results", page)


def exported_scores(page: Page) -> list[int]:
    """The scores in the CSV that the page gives, oldest first."""
    with page.expect_download() as download:
        page.locator("#csv").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return [int(row["score"]) for row in csv.DictReader(file)]


def test_a_class_period(chromium: Browser, address: str, data: Path, tmp_path: Path) -> None:
    teacher = Teacher(chromium, address, tmp_path)
    bring_in_the_roster(teacher, tmp_path)
    station = teacher.station
    station.reload()
    boards = []
    for number, (exercise, protocol, clip) in enumerate(ATTEMPTS):
        board = teacher.attempt(exercise, protocol, data / clip, " ".join(STUDENTS[number]))
        shown = "n => document.querySelector('.count').textContent === n"
        station.wait_for_function(shown, arg=str(board["count"]))
        assert station.locator(".name").text_content() == STUDENTS[number][0]
        if not protocol:
            assert board["count"] == counted_alone(data / clip, exercise)
        boards.append(board)
        if protocol:
            teacher.photograph("station", station)
    rejected = [rep for board in boards for rep in board["reps"] if not rep["counted"]]
    assert rejected and all(rep["reasons"] for rep in rejected)
    teacher.page.locator("#results tr").nth(4).wait_for()
    teacher.photograph("class", teacher.page)

    which = next(i for i, b in enumerate(boards) if any(not r["counted"] for r in b["reps"]))
    corrected = [board["count"] + (i == which) for i, board in enumerate(boards)]
    decide_otherwise(teacher, " ".join(STUDENTS[which]), corrected[which])
    assert exported_scores(teacher.page) == corrected

    for name in ("settings", "health"):
        teacher.page.goto(f"{address}/{name}")
        teacher.page.wait_for_timeout(1500)
        if name == "settings":  # where the clips lie is nobody's business in a photograph
            teacher.page.locator("input[name=camera]").fill("usb:")
        teacher.photograph(name, teacher.page)
    assert teacher.complaints == []


def test_the_station_speaks_chinese_and_obeys_keys(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(address)
    start = page.locator(".start")
    start.wait_for()
    before = start.text_content()
    page.keyboard.press("l")
    page.wait_for_function("t => document.querySelector('.start').textContent !== t", arg=before)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.keyboard.press("Space")
    page.wait_for_function("() => ['waiting', 'running'].includes(reps.pageState.mats[0].phase)")
    page.keyboard.press("Enter")
    page.wait_for_function("() => ['ready', 'finished'].includes(reps.pageState.mats[0].phase)")
    page.keyboard.press("m")
    page.wait_for_function("() => document.querySelector('.mute').textContent.includes('关闭')")
    context.close()
