"""Rosters uploaded to the kiosk, and who is called to the mat."""

from __future__ import annotations

import io
import zipfile

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk import api_import
from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import OURS, ROSTER, until


def test_a_roster_is_shown_before_it_is_stored(teacher: TestClient) -> None:
    bad = ROSTER + ",Nobody,Here,7B\n"
    preview = teacher.post("/api/roster/preview", content=bad).json()
    assert (preview["good"], preview["bad"], preview["problems"][0]["row"]) == (2, 1, 4)
    assert teacher.post("/api/roster/import", content=bad).status_code == 400
    assert teacher.get("/api/students").json() == []
    done = teacher.post("/api/roster/import?skip_bad=true", content=bad).json()
    assert (done["students_added"], done["skipped"]) == (2, 1)
    again = teacher.post("/api/roster/import", content=ROSTER).json()
    assert again["students_added"] == again["students_changed"] == 0
    (school_class,) = teacher.get("/api/classes").json()
    students = teacher.get(f"/api/students?class_id={school_class['id']}").json()
    assert [s["name"] for s in students] == ["Ada Adams", "Bo Brown"]
    assert teacher.post("/api/roster/import", content=b"").status_code == 400


def test_a_roster_may_be_a_oneroster_zip(teacher: TestClient) -> None:
    files = {
        "users.csv": "sourcedId,givenName,familyName,identifier\nu1,Ada,Adams,1\nu2,,,2\n",
        "classes.csv": "sourcedId,title\nc1,7B\n",
        "enrollments.csv": "sourcedId,classSourcedId,userSourcedId\ne1,c1,u1\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    preview = teacher.post("/api/roster/preview", content=packed.getvalue()).json()
    assert (preview["good"], preview["bad"]) == (1, 1)
    assert (preview["problems"][0]["file"], preview["problems"][0]["row"]) == ("users.csv", 3)
    assert "users.csv was read as utf-8" in preview["notes"]
    done = teacher.post("/api/roster/import?skip_bad=true", content=packed.getvalue()).json()
    assert (done["students_added"], done["classes_added"]) == (1, 1)


def test_a_roster_without_the_pin_is_not_even_read(kiosk: Kiosk) -> None:
    app = create_app(kiosk)
    app.dependency_overrides[api_import.uploaded] = lambda: pytest.fail("read the body")
    with TestClient(app, headers=OURS) as client:
        for path in ("preview", "import"):
            assert client.post(f"/api/roster/{path}", content=ROSTER).status_code == 401


@pytest.mark.parametrize(("classes", "kept"), [("7B", "7B"), ("7B 7C", "")])
def test_who_is_called_from_the_list_of_everybody_keeps_the_only_class(
    kiosk: Kiosk, teacher: TestClient, classes: str, kept: str
) -> None:
    rows = "".join(f"1,Ada,Adams,{name}\n" for name in classes.split())
    teacher.post("/api/roster/import", content=ROSTER.splitlines()[0] + "\n" + rows)
    (ada,) = teacher.get("/api/students").json()
    assert teacher.put("/api/station/student", json={"student_id": ada["id"]}).is_success
    teacher.post("/api/station/start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["count"] >= 1)
    teacher.post("/api/station/stop")
    assert teacher.get("/api/attempts").json()[0]["school_class"] == kept
