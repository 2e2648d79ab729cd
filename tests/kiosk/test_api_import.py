"""Rosters uploaded to the kiosk: shown, stored, taken back."""

from __future__ import annotations

import io
import zipfile

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient
from openpyxl import Workbook

from tests.kiosk.fakes import ROSTER, until

AMBIGUOUS = (
    "ID,First name,Last name,DOB,Class\n1,Ada,Adams,03/04/2014,7B\n2,Bo,Brown,05/06/2014,7B\n"
)


def test_the_preview_lists_what_would_change(teacher: TestClient) -> None:
    preview = teacher.post("/api/roster/preview", content=ROSTER).json()
    assert [(c["kind"], c["name"], c["after"]) for c in preview["changes"]] == [
        ("added", "Ada Adams", ["7B"]),
        ("added", "Bo Brown", ["7B"]),
    ]
    teacher.post("/api/roster/import?name=7B.csv", content=ROSTER)
    later = ROSTER.replace("Adams", "Abel").replace("Bo,Brown,7B", "Bo,Brown,7C")
    changes = teacher.post("/api/roster/preview", content=later).json()["changes"]
    assert changes[0]["fields"] == ["last_name"]
    assert (changes[0]["before"], changes[0]["after"]) == (["Adams"], ["Abel"])
    assert (changes[1]["kind"], changes[1]["name"], changes[1]["after"]) == (
        "moved", "Bo Brown", ["7C"])  # fmt: skip
    again = teacher.post("/api/roster/preview", content=ROSTER).json()
    assert again["changes"] == [] and again["changes_total"] == 0


def test_the_last_import_is_named_and_taken_back(teacher: TestClient) -> None:
    assert teacher.get("/api/roster/last").json() is None
    assert teacher.post("/api/roster/undo").status_code == 400
    teacher.post("/api/roster/import?name=7B.csv", content=ROSTER)
    last = teacher.get("/api/roster/last").json()
    assert (last["name"], last["rows"]) == ("7B.csv", 5)
    done = teacher.post("/api/roster/undo").json()
    assert done == {"removed": 5, "restored": 0, "kept": 0, "changed_since": 0}
    assert teacher.get("/api/students").json() == [] == teacher.get("/api/classes").json()


def test_who_has_a_result_by_now_is_kept(teacher: TestClient) -> None:
    teacher.post("/api/roster/import", content=ROSTER)
    ada = teacher.get("/api/students").json()[0]
    assert teacher.put("/api/station/student", json={"student_id": ada["id"]}).is_success
    teacher.post("/api/station/start")
    assert until(lambda: len(teacher.get("/api/attempts").json()) == 1)
    teacher.post("/api/station/stop")
    done = teacher.post("/api/roster/undo").json()
    assert (done["kept"], done["removed"]) == (2, 3)  # the student and the class of the result
    assert [s["name"] for s in teacher.get("/api/students").json()] == ["Ada Adams"]
    assert teacher.get("/api/attempts").json()[0]["student"] == "Ada Adams"


def test_dates_and_encoding_are_asked_for(teacher: TestClient) -> None:
    preview = teacher.post("/api/roster/preview", content=AMBIGUOUS).json()
    assert preview["dates_unknown"] and "left out" in preview["warnings"][0]
    named = teacher.post("/api/roster/preview?dates=day-first", content=AMBIGUOUS).json()
    assert not named["dates_unknown"] and named["warnings"] == []
    assert teacher.post("/api/roster/preview?dates=noon", content=AMBIGUOUS).status_code == 422
    polish = ROSTER.replace("Ada,", "Grażyna,").encode("cp1250")
    preview = teacher.post("/api/roster/preview", content=polish).json()
    assert "cp1250" in [preview["encoding"], *preview["encodings"]]
    right = teacher.post("/api/roster/preview?encoding=cp1250", content=polish).json()
    assert (right["sample"][0], right["encoding"]) == ("Grażyna Adams", "cp1250")
    assert teacher.post("/api/roster/preview?encoding=x", content=polish).status_code == 400


def test_a_workbook_is_told_by_its_content(teacher: TestClient) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in csv_rows(ROSTER):
        book.active.append(row)
    book.save(file)
    preview = teacher.post("/api/roster/preview", content=file.getvalue()).json()
    assert (preview["good"], preview["encoding"], preview["classes"]) == (2, "", ["7B"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("7B.csv", ROSTER)
    assert teacher.post("/api/roster/preview", content=packed.getvalue()).json()["good"] == 2


def csv_rows(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]
