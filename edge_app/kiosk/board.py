"""What a page that opens now must know: the sum of all events so far."""

from __future__ import annotations

import threading
from typing import Any


class Board:
    """Kept by the notary, read by the server; an event's number tells old news from new."""

    def __init__(self, settled: dict[str, Any]) -> None:
        self._guard = threading.Lock()
        self._number = 0
        self._state: dict[str, Any] = {
            "phase": "ready", "why": "", "count": 0, "strikes": 0, "reps": [], "missing": [],
            "student": None, "attempt": None, "camera": {"state": "opening", "message": ""},
            "problem": "", **settled,
        }  # fmt: skip

    def snapshot(self) -> dict[str, Any]:
        """Everything, for a page that opens."""
        with self._guard:
            return {**self._state, "reps": list(self._state["reps"]), "n": self._number}

    def note(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        """Takes one event in; returns it with its number."""
        with self._guard:
            self._number += 1
            state = self._state
            if kind == "rep":
                number = data["rep"]["number"]
                others = [r for r in state["reps"] if r["number"] != number]
                state["reps"] = [*others, data["rep"]]
                state["count"], state["strikes"] = data["count"], data["strikes"]
            elif kind == "phase":
                state["phase"], state["why"] = data["phase"], data["why"]
                if data["phase"] in ("waiting", "ready"):
                    state.update(count=0, strikes=0, reps=[])
                state["attempt"] = data.get("attempt")
            elif kind == "missing":
                state["missing"] = data["joints"]
            elif kind == "camera":
                state["camera"] = {"state": data["state"], "message": data["message"]}
            elif kind in ("settled", "problem", "student"):
                state.update(data)
            return {**data, "n": self._number}
