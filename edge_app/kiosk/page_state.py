"""What a page that opens now must know: the sum of all events so far."""

from __future__ import annotations

import threading
from typing import Any

EVERYWHERE = ("camera", "settled", "problem")  # kinds that are of no mat


class PageState:
    """Kept by the event writer, read by the server; an event's number tells old news from new.

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
        """Takes one event in.

        Returns:
            The event with its number `n`, and in `set` what has changed by it: of its mat, or of
            the whole. A page adds a repetition, in `rep`, itself: all of them would be long.
        """
        with self._guard:
            self._number += 1
            if kind in EVERYWHERE:
                changed = self._change(kind, data)
            elif data["mat"] <= len(self._mats):  # or it was taken away meanwhile
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
    """A mat on which nothing has happened."""
    return {
        "phase": "ready", "why": "", "count": 0, "strikes": 0, "reps": [], "missing": [],
        "pose": [], "student": None, "attempt": None,
    }  # fmt: skip


def changes(mat: dict[str, Any], kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What an event changes of a mat; `mat` is left as it is."""
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
