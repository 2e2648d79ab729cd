"""Every route: who may, what comes back, what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from edge_app.kiosk import api_roster
from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from edge_app.pose.tracker import Zone
from tests.kiosk.fakes import FakeCamera, opened, until

OURS = {"X-Reps": "1"}
ROSTER = "StudentID,StudentFirstName,StudentLastName,ClassName\n1,Ada,Adams,7B\n2,Bo,Brown,7B\n"
ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    yield from opened(tmp_path, FakeCamera(), monkeypatch.setattr)


@pytest.fixture
def anybody(kiosk: Kiosk) -> Iterator[TestClient]:
    with TestClient(create_app(kiosk), headers=OURS, client=("10.0.0.7", 1)) as client:
        yield client


@pytest.fixture
def teacher(kiosk: Kiosk) -> Iterator[TestClient]:
    with TestClient(create_app(kiosk), headers=OURS) as client:
        assert client.post("/api/pin", json={"new": "2468"}).status_code == 200
        yield client


@pytest.mark.parametrize("page", ["/", "/class", "/results", "/settings", "/health"])
def test_pages_are_served_and_ask_no_other_site(anybody: TestClient, page: str) -> None:
    answer = anybody.get(page)
    assert answer.status_code == 200 and "text/html" in answer.headers["content-type"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "//" not in answer.text.replace("<!doctype", "")


CLOSED = [
    ("GET", "/api/classes"), ("GET", "/api/students"), ("POST", "/api/students"),
    ("POST", "/api/roster/preview"), ("POST", "/api/roster/import"),
    ("PUT", "/api/station/student"), ("GET", "/api/attempts"), ("GET", "/api/attempts/{attempt}"),
    ("GET", "/api/attempts/{attempt}/curve"), ("POST", "/api/attempts/{attempt}/corrections"),
    ("GET", "/api/export/{form}"), ("GET", "/api/settings"), ("PUT", "/api/settings"),
    ("GET", "/api/cameras"), ("POST", "/api/camera/reopen"), ("POST", "/api/station/undo"),
    ("POST", "/api/station/pause"), ("POST", "/api/station/start"),
    ("GET", "/api/attempts/{attempt}/video"), ("DELETE", "/api/attempts/{attempt}/video"),
]  # fmt: skip
OPEN = {
    "/api/station", "/api/station/{command}", "/api/exercises", "/api/protocols", "/api/me",
    "/api/login", "/api/logout", "/api/pin", "/api/health", "/healthz", "/metrics",
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_the_pin_there_is_no_roster_and_no_command(
    anybody: TestClient, method: str, path: str
) -> None:
    url = path.format(attempt=ZERO, form="csv")
    body = {"first_name": "X", "kind": "score", "who": "x", "why": "x"} if method != "GET" else None
    assert anybody.request(method, url, json=body).status_code == 401


def test_every_route_is_said_to_be_open_or_closed(anybody: TestClient) -> None:
    assert set(anybody.get("/openapi.json").json()["paths"]) <= OPEN | {path for _, path in CLOSED}


def test_a_student_at_the_device_may_start_and_stop_and_no_more(kiosk: Kiosk) -> None:
    with TestClient(create_app(kiosk), headers=OURS) as here:
        assert here.post("/api/station/start").json() == {"done": True}
        assert until(lambda: here.get("/api/station").json()["mats"][0]["count"] >= 1)
        assert here.post("/api/station/undo").status_code == 401
        assert here.post("/api/station/stop").json() == {"done": True}
        assert here.post("/api/station/stop").json() == {"done": False}
        assert here.post("/api/station/dance").status_code == 404


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
    app.dependency_overrides[api_roster.uploaded] = lambda: pytest.fail("read the body")
    with TestClient(app, headers=OURS) as client:
        for path in ("preview", "import"):
            assert client.post(f"/api/roster/{path}", content=ROSTER).status_code == 401


def test_a_body_that_is_longer_than_it_said_is_refused(
    teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.kiosk.guard.LARGEST_BODY", 50)
    answer = teacher.post("/api/roster/preview", content=iter([ROSTER.encode()]))
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


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


def test_the_station_shows_a_first_name_and_no_more(kiosk: Kiosk, teacher: TestClient) -> None:
    teacher.post("/api/roster/import", content=ROSTER)
    student = teacher.get("/api/students").json()[0]
    assert teacher.put("/api/station/student", json={"student_id": student["id"]}).is_success
    assert until(lambda: bool(kiosk.page_state.snapshot()["mats"][0]["student"]))
    assert teacher.get("/api/station").json()["mats"][0]["student"]["name"] == "Ada"
    assert "Adams" not in teacher.get("/api/station").text


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


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Reps": ""}, 403),  # a form of another site cannot set it
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 400),  # a name that was made to point here
        ({"Origin": "http://testserver"}, 200),
        ({"Host": "192.168.1.20:8080", "Origin": "http://192.168.1.20:8080"}, 200),
        ({"Content-Length": "99999999999"}, 413),
        ({"Host": "["}, 400),
        ({"Origin": "http://["}, 403),
        ({"Host": "gym-1.school.lan"}, 200),  # the settings write it with a capital
    ],
)
def test_other_sites_can_change_nothing(
    anybody: TestClient, headers: dict[str, str], status: int
) -> None:
    assert anybody.post("/api/logout", headers={**OURS, **headers}).status_code == status


@pytest.mark.parametrize("body", ['{"pin": NaN}', '{"pin": "\\ud800"}', "{", '{"pin": []}'])
def test_a_body_that_makes_no_sense_is_refused(anybody: TestClient, body: str) -> None:
    answer = anybody.post("/api/login", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"]


def test_a_ledger_that_is_gone_is_said(
    kiosk: Kiosk, teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("connection refused"))

    monkeypatch.setattr(type(kiosk.ledger.roster), "classes", gone)
    answer = teacher.get("/api/classes")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "The ledger cannot be reached: connection refused."}


def test_another_site_cannot_listen(anybody: TestClient) -> None:
    evil = {"Origin": "http://evil.example"}
    with pytest.raises(Exception) as caught:  # noqa: SIM117
        with anybody.websocket_connect("/ws/events", headers=evil):
            pass
    assert getattr(caught.value, "code", 0) == 1008


def test_paths_from_outside_reach_no_file(anybody: TestClient) -> None:
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/../pin.json",
    ):
        assert anybody.get(path).status_code in (400, 404)


def test_events_begin_with_the_board_and_come_in_order(kiosk: Kiosk) -> None:
    with TestClient(create_app(kiosk), headers=OURS) as client:
        with client.websocket_connect("/ws/events") as socket:
            first = socket.receive_json()
            assert first["kind"] == "board" and first["mats"][0]["phase"] == "ready"
            client.post("/api/station/start")
            numbers, kinds = [first["n"]], []
            while "rep" not in kinds:
                event = socket.receive_json()
                if event["kind"] != "live" and event["n"] > first["n"]:
                    numbers.append(event["n"])
                    kinds.append(event["kind"])
        assert numbers == sorted(set(numbers))
        assert kinds.index("phase") < kinds.index("rep")


def test_pictures_and_poses_travel_apart(kiosk: Kiosk) -> None:
    client = TestClient(create_app(kiosk), headers=OURS)
    with client, client.websocket_connect("/ws/pictures") as socket:
        for _ in range(3):
            message = socket.receive_bytes()
            length = int.from_bytes(message[:2], "big")
            head = json.loads(message[2 : 2 + length])
            assert (head["w"], head["h"]) == (160, 90) and head["i"] >= 0
            assert message[2 + length :][:2] == b"\xff\xd8"
            socket.send_text("next")
        with client.websocket_connect("/ws/events") as events:
            told = (events.receive_json() for _ in range(500))
            # A picture may be out before its poses, which then follow it.
            live = next(e for e in told if e["kind"] == "live" and e["i"] >= head["i"])
    assert len(live["mats"][0]["pose"]) == 54


def test_health_and_metrics(kiosk: Kiosk, anybody: TestClient) -> None:
    assert until(lambda: kiosk.loop.frames > 5)
    health = anybody.get("/api/health").json()
    assert health["good"] and health["camera"]["state"] == "good" and health["frames"] > 5
    assert anybody.get("/healthz").json() == {"status": "ok"}
    assert "reps_frames_total" in anybody.get("/metrics").text
