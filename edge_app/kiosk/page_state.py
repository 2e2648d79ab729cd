"""What a page that opens now must know: the sum of all events so far."""

from __future__ import annotations

import threading
from typing import Any

EVERYWHERE = ("settled", "problem")  # kinds that are of no mat


class PageState:
    """Kept by the notary, read by the server; an event's number tells old news from new.

    An event with "mat" in it is of that mat, numbered from 1. Choices with another number of zones
    lay as many mats.
    """

    def __init__(self, settled: dict[str, Any]) -> None:
        self._guard = threading.Lock()
        self._number = 0
        self._camera = {"state": "opening", "message": ""}
        self._state: dict[str, Any] = {"problem": ""}
        self._mats: list[dict[str, Any]] = []
        self._settle(settled)

    def snapshot(self) -> dict[str, Any]:
        """Everything, for a page that opens."""
        with self._guard:
            mats = [{**mat, "reps": list(mat["reps"])} for mat in self._mats]
            return {**self._state, "mats": mats, "camera": self._camera, "n": self._number}

    def note(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Takes one event in; returns it with its number."""
        with self._guard:
            self._number += 1
            if kind == "camera":
                self._camera = {"state": data["state"], "message": data["message"]}
            elif kind in EVERYWHERE:
                self._settle(data)
            elif data["mat"] <= len(self._mats):  # or it was taken away meanwhile
                _note(self._mats[data["mat"] - 1], kind, data)
            return {**data, "n": self._number}

    def _settle(self, data: dict[str, Any]) -> None:
        self._state.update(data)
        wanted = len(self._state.get("zones", [0]))
        fresh = [empty_mat() for _ in range(wanted - len(self._mats))]
        self._mats = [*self._mats, *fresh][:wanted]


def empty_mat() -> dict[str, Any]:
    """A mat on which nothing has happened."""
    return {
        "phase": "ready", "why": "", "count": 0, "strikes": 0, "reps": [], "missing": [],
        "pose": [], "student": None, "attempt": None,
    }  # fmt: skip


def _note(mat: dict[str, Any], kind: str, data: dict[str, Any]) -> None:
    if kind == "rep":
        number = data["rep"]["number"]
        others = [r for r in mat["reps"] if r["number"] != number]
        mat["reps"] = [*others, data["rep"]]
        mat["count"], mat["strikes"] = data["count"], data["strikes"]
    elif kind == "phase":
        mat["phase"], mat["why"] = data["phase"], data["why"]
        if data["phase"] in ("waiting", "ready"):
            mat.update(count=0, strikes=0, reps=[])
        mat["attempt"] = data.get("attempt")
    elif kind == "missing":
        mat["missing"], mat["pose"] = data["joints"], data["pose"]
    elif kind == "student":
        mat["student"] = data["student"]
