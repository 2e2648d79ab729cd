"""The state that a newly opened page needs: the sum of all events so far."""

from __future__ import annotations

import threading
from typing import Any

EVERYWHERE = ("camera", "settled", "problem")  # kinds that belong to no mat


class PageState:
    """Kept by the event writer, read by the server; pages skip old events by number.

    An event with "mat" belongs to that mat, numbered from 1. Choices with another number of zones
    change the number of mats.
    """

    def __init__(self, settled: dict[str, Any]) -> None:
        self._guard = threading.Lock()
        self._number = 0
        self._camera = {"state": "opening", "message": ""}
        self._state: dict[str, Any] = {"problem": ""}
        self._mats: list[dict[str, Any]] = []
        self._settle(settled)

    def snapshot(self) -> dict[str, Any]:
        """The whole state, for a page that opens."""
        with self._guard:
            mats = [{**mat, "reps": list(mat["reps"])} for mat in self._mats]
            return {**self._state, "mats": mats, "camera": self._camera, "n": self._number}

    def note(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Applies one event.

        Returns:
            The event with its number `n`, and in `set` what it changes: of its mat, or of the
            whole. A page appends a repetition (`rep`) itself: the whole list would be long.
        """
        with self._guard:
            self._number += 1
            if kind in EVERYWHERE:
                changed = self._change(kind, data)
            elif data["mat"] <= len(self._mats):  # it may have been removed meanwhile
                changed = changes(self._mats[data["mat"] - 1], kind, data)
                self._mats[data["mat"] - 1].update(changed)
                if kind == "rep":
                    del changed["reps"]
            else:
                changed = {}
            return {**data, "set": changed, "n": self._number}

    def _change(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        if kind == "camera":
            self._camera = {"state": data["state"], "message": data["message"]}
            return {"camera": self._camera}
        before = len(self._mats)
        self._settle(data)
        mats = [{**mat, "reps": list(mat["reps"])} for mat in self._mats]
        return {**data, "mats": mats} if len(mats) != before else dict(data)

    def _settle(self, data: dict[str, Any]) -> None:
        self._state.update(data)
        wanted = len(self._state.get("zones", [0]))
        fresh = [empty_mat() for _ in range(wanted - len(self._mats))]
        self._mats = [*self._mats, *fresh][:wanted]


def empty_mat() -> dict[str, Any]:
    """The state of a new mat."""
    return {
        "phase": "ready", "why": "", "count": 0, "strikes": 0, "reps": [], "missing": [],
        "pose": [], "student": None, "attempt": None,
    }  # fmt: skip


def changes(mat: dict[str, Any], kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What an event changes of a mat; `mat` itself is not modified."""
    if kind == "rep":
        number = data["rep"]["number"]
        others = [r for r in mat["reps"] if r["number"] != number]
        return {
            "reps": [*others, data["rep"]], "count": data["count"], "strikes": data["strikes"]
        }  # fmt: skip
    if kind == "phase":
        afresh = data["phase"] in ("waiting", "ready")
        cleared: dict[str, Any] = {"count": 0, "strikes": 0, "reps": []} if afresh else {}
        phase = {"phase": data["phase"], "why": data["why"], "attempt": data.get("attempt")}
        return {**phase, **cleared}
    if kind == "missing":
        return {"missing": data["joints"], "pose": data["pose"]}
    return {"student": data["student"]} if kind == "student" else {}
