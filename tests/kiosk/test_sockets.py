"""WebSockets: events for every page, pictures for those that show them."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import OURS


def test_another_site_cannot_listen(anybody: TestClient) -> None:
    evil = {"Origin": "http://evil.example"}
    with pytest.raises(Exception) as caught:  # noqa: SIM117
        with anybody.websocket_connect("/ws/events", headers=evil):
            pass
    assert getattr(caught.value, "code", 0) == 1008


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
