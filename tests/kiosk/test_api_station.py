"""What a student's page may ask and do."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.exercise.definition import EXERCISES_DIR
from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import OURS, ROSTER, until


def test_a_student_at_the_device_may_start_and_stop_and_no_more(kiosk: Kiosk) -> None:
    with TestClient(create_app(kiosk), headers=OURS) as here:
        assert here.post("/api/station/start").json() == {"done": True}
        assert until(lambda: here.get("/api/station").json()["mats"][0]["count"] >= 1)
        assert here.post("/api/station/undo").status_code == 401
        assert here.post("/api/station/stop").json() == {"done": True}
        assert here.post("/api/station/stop").json() == {"done": False}
        assert here.post("/api/station/dance").status_code == 404


def test_the_station_shows_a_first_name_and_no_more(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/roster/import", content=ROSTER)
    student = teacher.get("/api/students").json()[0]
    assert teacher.put("/api/station/student", json={"student_id": student["id"]}).is_success
    assert until(lambda: bool(kiosk.page_state.snapshot()["mats"][0]["student"]))
    assert teacher.get("/api/station").json()["mats"][0]["student"]["name"] == "Ada"
    assert "Adams" not in teacher.get("/api/station").text


def test_two_mats_count_apart(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/roster/import", content=ROSTER)
    ada, bo = (s["id"] for s in teacher.get("/api/students").json())
    halves = [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]
    assert teacher.put("/api/settings", json={"zones": halves}).is_success
    assert teacher.put("/api/station/student", json={"student_id": ada}).is_success
    taken = teacher.put("/api/station/student", json={"student_id": ada, "mat": 2})
    assert taken.status_code == 400, "nobody lies on two mats"
    assert teacher.put("/api/station/student", json={"student_id": bo, "mat": 2}).is_success
    mats = lambda: kiosk.page_state.snapshot()["mats"]  # noqa: E731
    assert teacher.post("/api/station/start?mat=2").json() == {"done": True}
    assert until(lambda: mats()[1]["count"] >= 1)
    assert mats()[0]["phase"] == "ready"
    assert teacher.post("/api/station/start").json() == {"done": True}  # the other one
    assert until(lambda: mats()[0]["count"] >= 1)
    assert teacher.put("/api/settings", json={"zones": [[0, 0, 1, 1]]}).status_code == 400
    assert teacher.post("/api/station/stop?mat=1").json() == {"done": True}
    assert until(lambda: mats()[0]["phase"] == "finished")
    assert mats()[1]["phase"] == "running"
    assert teacher.post("/api/station/stop").json() == {"done": True}
    assert until(lambda: mats()[1]["phase"] == "finished")
    rows = teacher.get("/api/attempts").json()
    assert {(r["student"], r["mat"]) for r in rows} == {("Ada Adams", "1"), ("Bo Brown", "2")}
    assert {r["score"] for r in rows} == {m["count"] for m in mats()}
    assert teacher.post("/api/station/start?mat=3").status_code == 422
    assert teacher.put("/api/settings", json={"zones": [[0, 0, 1, 1]]}).is_success
    assert teacher.post("/api/station/start?mat=2").status_code == 400


def test_what_can_be_counted_and_by_which_tests(anybody: TestClient) -> None:
    exercises = {e["name"]: e["joints"] for e in anybody.get("/api/exercises").json()}
    assert "right_knee" in " ".join(exercises["squat"]) or "knee" in exercises["squat"]
    assert len(exercises) == len(list(EXERCISES_DIR.glob("*.toml")))
    protocols = {p["name"]: p for p in anybody.get("/api/protocols").json()}
    assert protocols["China one-minute sit-up"]["time_s"] == 60
    assert all(p["source"] and p["exercise"] in exercises for p in protocols.values())
    assert any(p["time_s"] is None for p in protocols.values()), "no timer is null and not Infinity"


def test_a_pause_and_an_undo_are_the_teachers(kiosk: Kiosk, teacher: TestClient) -> None:
    mat = lambda: kiosk.page_state.snapshot()["mats"][0]  # noqa: E731
    teacher.post("/api/station/start")
    assert until(lambda: mat()["count"] >= 1)
    assert teacher.post("/api/station/pause").json() == {"done": True}
    assert until(lambda: mat()["phase"] == "paused" and mat()["why"] == "teacher")
    count = mat()["count"]
    assert teacher.post("/api/station/undo").json() == {"done": True}
    assert until(lambda: mat()["count"] == count - 1)
    assert teacher.post("/api/station/resume").json() == {"done": True}
    assert until(lambda: mat()["phase"] == "running")
