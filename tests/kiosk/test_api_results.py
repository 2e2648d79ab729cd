"""Results as the teacher's pages show them."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import ROSTER, until


def test_what_was_shown_is_what_was_stored(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/station/start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["count"] >= 3)
    teacher.post("/api/station/pause")
    teacher.post("/api/station/undo")
    teacher.post("/api/station/stop")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["phase"] == "finished")
    shown = teacher.get("/api/station").json()["mats"][0]
    (row,) = teacher.get("/api/attempts").json()
    assert (row["score"], row["ended"]) == (shown["count"], "stopped")
    detail = teacher.get(f"/api/attempts/{row['id']}").json()
    assert [r["number"] for r in detail["repetitions"]] == [r["number"] for r in shown["reps"]]
    assert [r["stands"] for r in detail["repetitions"]] == [r["counted"] for r in shown["reps"]]
    assert len(detail["corrections"]) == 1
    curve = teacher.get(f"/api/attempts/{row['id']}/curve").json()
    assert len(curve["t_s"]) == len(curve["progress"]) > 100


def test_corrections_need_who_and_why(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/station/start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["count"] >= 1)
    teacher.post("/api/station/stop")
    path = f"/api/attempts/{teacher.get('/api/attempts').json()[0]['id']}/corrections"
    said = {"kind": "score", "value": "9", "who": "Ms Lee", "why": "counted by hand"}
    assert teacher.post(path, json={**said, "why": " "}).status_code == 400
    assert teacher.post(path, json={**said, "value": "many"}).status_code == 400
    assert teacher.post(path, json=said).json()["attempt"]["score"] == 9


def test_results_leave_as_tables(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/roster/import", content=ROSTER)
    student = teacher.get("/api/students").json()[0]["id"]
    teacher.put("/api/station/student", json={"student_id": student})
    teacher.post("/api/station/start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["count"] >= 1)
    teacher.post("/api/station/stop")
    table = teacher.get("/api/export/csv")
    assert (
        table.content.startswith(b"\xef\xbb\xbf")
        and "attachment" in table.headers["content-disposition"]
    )
    assert ",Adams,Ada," in table.text and len(table.text.splitlines()) == 2
    assert len(teacher.get("/api/export/csv?until=2000-01-01").text.splitlines()) == 1
    assert teacher.get("/api/export/xlsx").content.startswith(b"PK")
    assert "Push Up" in teacher.get("/api/export/fitnessgram").text
    assert teacher.get("/api/export/exe").status_code == 422
