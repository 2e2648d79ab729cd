"""What a page that opens now must know, and that a page which follows the events knows the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.kiosk.page_state import PageState

ONE, TWO = [[0, 0, 1, 1]], [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]
PHASES = ("ready", "waiting", "countdown", "running", "paused", "settling", "finished")
MATS = st.sampled_from([1, 2])
KINDS = st.one_of(
    st.tuples(st.just("rep"), st.builds(dict, mat=MATS, again=st.booleans(), good=st.booleans())),
    st.tuples(
        st.just("phase"),
        st.builds(dict, mat=MATS, phase=st.sampled_from(PHASES), why=st.sampled_from(["", "x"])),
    ),
    st.tuples(st.just("missing"), st.builds(dict, mat=MATS, joints=st.lists(st.just("hip")))),
    st.tuples(
        st.just("student"), st.builds(dict, mat=MATS, student=st.none() | st.just({"id": 7}))
    ),
    st.tuples(st.sampled_from(["beat", "countdown"]), st.builds(dict, mat=MATS)),
    st.tuples(st.just("camera"), st.builds(dict, state=st.sampled_from(["good", "gone"]))),
    st.tuples(st.just("settled"), st.builds(dict, zones=st.sampled_from([ONE, TWO]))),
    st.tuples(st.just("problem"), st.builds(dict, problem=st.sampled_from(["", "full"]))),
)


class Page:
    """A browser, as `static/live.js` follows the events."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.state = sent(first)

    def receive(self, event: dict[str, Any]) -> None:
        self.state["n"] = event["n"]
        mats = self.state["mats"]
        if "mat" not in event:
            self.state.update(event["set"])
        elif event["mat"] <= len(mats):
            mat = mats[event["mat"] - 1]
            mat.update(event["set"])
            if "rep" in event:
                others = [r for r in mat["reps"] if r["number"] != event["rep"]["number"]]
                mat["reps"] = sorted([*others, event["rep"]], key=lambda r: r["number"])


def sent(message: dict[str, Any]) -> Any:
    """A message as it comes out of the browser's socket."""
    return json.loads(json.dumps(message))


class Kiosk:
    """Fills in what a real kiosk says with an event: numbers that rise, the newest taken back."""

    def __init__(self) -> None:
        self.reps = {1: 0, 2: 0}

    def data(self, kind: str, chosen: dict[str, Any]) -> dict[str, Any]:
        if kind == "phase":
            if chosen["phase"] in ("ready", "waiting"):
                self.reps[chosen["mat"]] = 0
            return {**chosen, "attempt": "a1"} if chosen["phase"] == "running" else chosen
        if kind == "rep":
            mat = chosen["mat"]
            self.reps[mat] += not chosen["again"] or not self.reps[mat]
            rep = {"number": self.reps[mat], "counted": chosen["good"]}
            return {**chosen, "rep": rep, "count": self.reps[mat], "strikes": 0}
        more = {"missing": {"pose": []}, "camera": {"message": "m"}}
        return {**chosen, **more.get(kind, {})}


@given(st.lists(KINDS, max_size=40))
def test_a_page_that_follows_the_events_knows_what_a_new_page_is_told(
    events: list[tuple[str, dict[str, Any]]],
) -> None:
    state, kiosk = PageState({"zones": ONE, "notes": []}), Kiosk()
    page = Page(state.snapshot())
    for kind, chosen in events:
        page.receive(sent(state.note(kind, kiosk.data(kind, chosen))))
        assert page.state == sent(state.snapshot()), kind


def rep(number: int, counted: bool, count: int) -> dict[str, Any]:
    return {"mat": 1, "rep": {"number": number, "counted": counted}, "count": count, "strikes": 0}


def test_an_event_says_what_it_changes_and_no_more() -> None:
    state = PageState({"notes": []})
    first = state.note("rep", rep(1, True, 1))
    assert first["set"] == {"count": 1, "strikes": 0}, "the page adds the repetition itself"
    assert state.note("beat", {"mat": 1, "number": 1})["set"] == {}
    assert state.note("problem", {"problem": "The disk is full."})["set"] == {
        "problem": "The disk is full."
    }
    assert [first["n"], state.snapshot()["n"]] == [1, 3]


def test_a_repetition_taken_back_takes_the_place_of_the_first_verdict() -> None:
    state = PageState({"notes": []})
    for said in (rep(1, True, 1), rep(2, True, 2), rep(2, False, 1)):
        state.note("rep", said)
    (mat,) = state.snapshot()["mats"]
    assert [(r["number"], r["counted"]) for r in mat["reps"]] == [(1, True), (2, False)]
    assert mat["count"] == 1


def test_a_mat_that_was_taken_away_changes_nothing() -> None:
    state = PageState({"zones": TWO, "notes": []})
    state.note("settled", {"zones": ONE})
    before = state.snapshot()
    assert state.note("student", {"mat": 2, "student": {"id": 7}})["set"] == {}
    assert state.snapshot() == {**before, "n": 2}


def test_what_a_page_was_told_does_not_change_afterwards() -> None:
    state = PageState({"notes": []})
    told = state.snapshot()
    state.note("rep", rep(1, True, 1))
    assert told["mats"][0]["reps"] == [] and told["mats"][0]["count"] == 0


@pytest.mark.parametrize("phase", PHASES)
def test_a_mat_is_empty_again_when_the_next_student_comes(phase: str) -> None:
    state = PageState({"notes": []})
    state.note("rep", rep(1, True, 1))
    said = {"mat": 1, "phase": phase, "why": "x", "attempt": "a1"}
    changed = state.note("phase", said)["set"]
    (mat,) = state.snapshot()["mats"]
    assert (mat["phase"], mat["why"], mat["attempt"]) == (phase, "x", "a1")
    empty = phase in ("ready", "waiting")
    assert (mat["count"], len(mat["reps"])) == ((0, 0) if empty else (1, 1))
    assert ("reps" in changed) == empty


def test_who_stands_on_a_mat_and_what_is_missing_of_them() -> None:
    state = PageState({"notes": []})
    state.note("student", {"mat": 1, "student": {"id": 7, "name": "Ada"}})
    state.note("missing", {"mat": 1, "joints": ["hip"], "pose": [{"code": "lie"}]})
    (mat,) = state.snapshot()["mats"]
    assert mat["student"]["name"] == "Ada"
    assert (mat["missing"], mat["pose"]) == (["hip"], [{"code": "lie"}])
