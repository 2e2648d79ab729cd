"""The teacher's session, and choices made over the API."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from edge_app.pose.tracker import Zone
from tests.kiosk.fakes import OURS, until


def test_settings_are_checked_and_kept(kiosk: Kiosk, teacher: TestClient) -> None:
    put = teacher.put("/api/settings", json={"protocol": "ippt push up", "language": "zh"})
    assert put.json()["protocol"] == "IPPT push-up"
    for wrong in (
        {"camera": "cam"}, {"exercise": "juggling"}, {"language": "xx"}, {"countdown_s": 99},
        {"zones": [[0.5, 0.5, 0.4, 0.9]]}, {"zones": [[0, 0, 0.1, 0.1]]}, {"zones": [[0, 0, 1]]},
        {"zones": [[0, 0, 0.6, 1], [0.5, 0, 1, 1]]}, {"video": "film"},
    ):  # fmt: skip
        assert teacher.put("/api/settings", json=wrong).status_code == 400, wrong
    stored = json.loads((kiosk.settings.folder / "choices.json").read_text())
    assert (stored["protocol"], stored["language"]) == ("IPPT push-up", "zh")
    teacher.post("/api/station/start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["phase"] == "running")
    other = {"exercise": "squat", "protocol": ""}
    assert teacher.put("/api/settings", json=other).status_code == 400
    assert teacher.put("/api/settings", json={"language": "en"}).status_code == 200


def test_a_zone_is_kept_to_by_the_estimator(
    kiosk: Kiosk, teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    make = kiosk.loop._make_estimator
    monkeypatch.setattr(
        kiosk.loop, "_make_estimator", lambda e, zone: (made.append(zone), make(e, zone))[1]
    )
    zones = [[0.0, 0.2, 0.5, 1.0], [0.5, 0.2, 1.0, 1.0]]
    assert teacher.put("/api/settings", json={"zones": zones}).json()["zones"] == zones
    assert made == [Zone(*zone) for zone in zones]
    assert len(kiosk.loop.mats) == 2
    assert len(teacher.get("/api/station").json()["mats"]) == 2


def test_the_pin(kiosk: Kiosk, anybody: TestClient) -> None:
    assert anybody.post("/api/login", json={"pin": "2468"}).status_code == 409
    assert anybody.post("/api/pin", json={"new": "2468"}).status_code == 403  # not at the kiosk
    kiosk.pins.set("2468")
    assert anybody.post("/api/pin", json={"new": "1111", "old": "0000"}).status_code == 401
    codes = [anybody.post("/api/login", json={"pin": f"000{n}"}).status_code for n in range(5)]
    assert codes == [401, 401, 401, 401, 429]
    locked = anybody.post("/api/login", json={"pin": "2468"})
    assert locked.status_code == 429 and int(locked.headers["retry-after"]) > 20
    with TestClient(create_app(kiosk), headers=OURS) as here:  # another address is not locked
        assert here.post("/api/login", json={"pin": "2468"}).status_code == 200
        cookie = here.cookies["reps_session"]
        assert here.get("/api/classes").status_code == 200
        here.post("/api/logout")
        here.cookies.set("reps_session", cookie)  # kept by somebody
        assert here.get("/api/classes").status_code == 401


def test_who_somebody_is(kiosk: Kiosk, anybody: TestClient) -> None:
    assert anybody.get("/api/me").json() == {"teacher": False, "first": True, "here": False}
    kiosk.pins.set("2468")
    assert anybody.post("/api/login", json={"pin": "2468"}).json() == {
        "teacher": True, "first": False, "here": False,
    }  # fmt: skip
    assert anybody.get("/api/me").json()["teacher"]
    assert not anybody.post("/api/logout").json()["teacher"]
    assert not anybody.get("/api/me").json()["teacher"]


def test_a_new_pin_ends_every_other_session(kiosk: Kiosk, teacher: TestClient) -> None:
    with TestClient(create_app(kiosk), headers=OURS) as other:
        other.post("/api/login", json={"pin": "2468"})
        assert other.get("/api/settings").status_code == 200
        assert teacher.post("/api/pin", json={"old": "2468", "new": "1357"}).json()["teacher"]
        assert other.get("/api/settings").status_code == 401
        assert teacher.get("/api/settings").status_code == 200
        assert teacher.post("/api/pin", json={"old": "1357", "new": "123"}).status_code == 422


def test_cameras_to_choose_from_end_with_the_clip_that_ships(
    teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.kiosk.api_teacher.usb_cameras", lambda: ["usb:/dev/video7"])
    first, chosen, sample = teacher.get("/api/cameras").json()
    assert (first, chosen) == ("usb:/dev/video7", "usb:") and sample.endswith(".mp4")


def test_the_camera_is_opened_anew(kiosk: Kiosk, teacher: TestClient) -> None:
    assert until(lambda: kiosk.loop.frames > 0)
    before = kiosk.loop._camera
    assert teacher.post("/api/camera/reopen").status_code == 204
    assert kiosk.loop._camera is not before
    frames = kiosk.loop.frames
    assert until(lambda: kiosk.loop.frames > frames + 2)
