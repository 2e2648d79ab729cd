"""What the pages do in a real browser, on a kiosk without a network: fast, one thing each."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.kiosk import Kiosk
from edge_app.ledger.roster import by_hand
from tests.kiosk.fakes import FakeCamera, opened, until
from tests.kiosk.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HALVES = [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    for kiosk in opened(tmp_path, FakeCamera(live=True), monkeypatch.setattr):
        kiosk.pins.set("2468")
        yield kiosk


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def log_in(page: Page) -> None:
    page.locator("dialog[open] input[name=pin]").fill("2468")
    page.locator("dialog[open] button.main").click()
    page.locator("dialog[open]").wait_for(state="detached")


def ask(page: Page, method: str, url: str, **body: Any) -> Any:
    answer = page.request.fetch(url, method=method, headers={"X-Reps": "1"}, data=body or None)
    assert answer.ok, answer.text()
    return answer.json()


def attempt(kiosk: Kiosk, count: int = 1) -> None:
    mats = lambda: kiosk.page_state.snapshot()["mats"]  # noqa: E731
    kiosk.loop.command("start")
    assert until(lambda: all(m["phase"] == "running" and m["count"] >= count for m in mats()))
    kiosk.loop.command("stop")
    assert until(lambda: all(m["phase"] == "finished" for m in mats()))


def test_no_arm_is_asked_for_where_it_starts_nothing(kiosk: Kiosk, page: Page) -> None:
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator(".overlay small", has_text="Press Start").wait_for()
        assert page.locator(".overlay small").text_content() == "Press Start"


def test_what_is_wrong_is_said_in_chinese(kiosk: Kiosk, page: Page) -> None:
    kiosk.writer.tell("problem", {"problem": "The disk is full."})
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("#banner", has_text="The disk is full.").wait_for()
        page.keyboard.press("l")
        page.locator("#banner", has_text="磁盘已满。").wait_for()
        page.keyboard.press("n")
        page.locator("dialog[open] input[name=pin]").fill("1357")
        page.locator("dialog[open] button.main").click()
        page.locator("dialog[open] [role=alert]", has_text="密码不正确").wait_for()


def test_who_puts_the_pin_off_and_then_logs_in_sees_the_class(kiosk: Kiosk, page: Page) -> None:
    kiosk.ledger.roster.put([by_hand("Ada", "Adams")])
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/class")
        page.locator("dialog[open] .cancel").click()
        page.locator(".bar .teacher", has_text="Teacher").click()
        log_in(page)
        page.locator("#students").get_by_text("Ada Adams").wait_for()


def test_a_click_on_a_page_that_still_loads_is_not_lost(kiosk: Kiosk, page: Page) -> None:
    page.route("**/api/station", lambda _: None)  # no answer
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/health", wait_until="commit")
        page.locator(".bar .teacher").click()
        page.locator("dialog[open] input[name=pin]").wait_for()


def test_an_import_is_shown_asked_about_and_undone(
    kiosk: Kiosk, page: Page, tmp_path: Path
) -> None:
    roster = tmp_path / "7B.csv"
    roster.write_text("ID,First name,Last name,DOB,Class\n1,Ada,Åström,03/04/2014,7B\n", "cp1252")
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/class")
        log_in(page)
        page.locator("#import").click()
        page.locator("#file").set_input_files(roster)
        page.locator("#changes", has_text="Ada Åström").wait_for()
        page.locator("#report", has_text="birth were left out").wait_for()
        assert page.locator("#encoding option").first.text_content() == "cp1252"
        page.locator("#dates").select_option("day-first")
        page.locator("#report .bad").wait_for(state="detached")
        page.locator("#encoding").select_option("gb18030")
        page.locator("#changes", has_text="Ada").wait_for()
        assert kiosk.ledger.roster.students() == []
        page.locator("#encoding").select_option("cp1252")
        page.locator("#changes", has_text="Åström").wait_for()
        page.locator("#whole").click()
        page.locator("#students").get_by_text("Ada Åström").wait_for()
        assert str(kiosk.ledger.roster.students()[0].birth_date) == "2014-04-03"
        page.locator("#import").click()
        page.locator("#last", has_text="7B.csv").wait_for()
        page.once("dialog", lambda dialog: dialog.accept())
        page.locator("#undo-import").click()
        page.locator("#report", has_text="Undone: 3 entries removed").wait_for()
        assert kiosk.ledger.roster.students() == []


def test_health_is_not_good_when_the_kiosk_is_gone(kiosk: Kiosk, page: Page) -> None:
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/health")
        page.locator(".banner.good").wait_for()
    page.locator(".banner.bad").wait_for()
    assert "connection to the kiosk is lost" in (page.locator(".banner").text_content() or "")


def test_the_key_for_undo_means_the_mat_that_was_judged_last(kiosk: Kiosk, page: Page) -> None:
    with serving(kiosk) as port:
        url = f"http://127.0.0.1:{port}"
        page.goto(url)
        page.locator(".bar .teacher").click()
        log_in(page)
        ask(page, "PUT", f"{url}/api/settings", zones=HALVES)
        page.locator(".mat").nth(1).wait_for()
        attempt(kiosk)
        page.wait_for_function("() => reps.pageState.mats.every((m) => m.phase === 'finished')")
        before = [m["count"] for m in ask(page, "GET", f"{url}/api/station")["mats"]]
        page.keyboard.press("u")
        counts = lambda: [m["count"] for m in kiosk.page_state.snapshot()["mats"]]  # noqa: E731
        assert until(lambda: counts() != before)
        page.wait_for_timeout(300)
        assert sum(a != b for a, b in zip(before, counts())) == 1


def test_an_undo_after_the_end_is_seen_in_the_class_and_in_the_corrections(
    kiosk: Kiosk, page: Page
) -> None:
    with serving(kiosk) as port:
        page.goto(f"http://127.0.0.1:{port}/class")
        log_in(page)
        attempt(kiosk, 2)
        score = kiosk.page_state.snapshot()["mats"][0]["count"]
        shown = page.locator("#results .score")
        shown.get_by_text(str(score), exact=True).wait_for()
        page.get_by_role("button", name="Undo last").click()
        shown.get_by_text(str(score - 1), exact=True).wait_for()
        one = uuid.UUID(kiosk.page_state.snapshot()["mats"][0]["attempt"])
        kiosk.ledger.correct(one, "score", "9", "Ms Lee", "by hand")
        kiosk.ledger.correct(one, "validity", "void", "Ms Lee", "slipped")
        page.goto(f"http://127.0.0.1:{port}/results#{one}")
        rows = page.locator("#one table").last.locator("tr")
        rows.nth(2).wait_for()
        said = [rows.nth(n).locator("td").nth(1).text_content() for n in range(3)]
        assert said[1:] == ["Score 9", "Void this attempt"]
        assert said[0] is not None and said[0].endswith("No count")
