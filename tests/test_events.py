"""What the counters make of stored tracks, to the microsecond: moving code changes nothing.

`data/events.json` was written by version 0.1.0. Whoever changes what is counted on purpose writes
it anew with `python -m tests.test_events` and looks at the difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge_app.exercise.build import auto_counter, counter_for, is_known
from edge_app.exercise.definition import find_exercise
from edge_app.exercise.rep import Counter, Rep
from edge_app.sinks.track import load_track

DATA = Path(__file__).parent / "data"
STORED: dict[str, dict[str, list[dict[str, Any]]]] = json.loads((DATA / "events.json").read_text())


def counter_of(exercise: str) -> Counter:
    return counter_for(find_exercise(exercise)) if is_known(exercise) else auto_counter(exercise)


def plain(rep: Rep, frame: int | None) -> dict[str, Any]:
    times = {k: round(getattr(rep, k), 6) for k in ("start_s", "extreme_s", "end_s")}
    return {
        "frame": frame, "number": rep.number, **times, "counted": rep.counted, "value": rep.value,
        "score": round(rep.score, 6), "reasons": [reason.code for reason in rep.reasons],
    }  # fmt: skip


def events(track: str, exercise: str) -> list[dict[str, Any]]:
    counter = counter_of(exercise)
    poses = load_track(DATA / "tracks" / track)
    found = [plain(rep, i) for i, pose in enumerate(poses) for rep in counter.update(pose)]
    return found + [plain(rep, None) for rep in counter.finish()]


@pytest.mark.parametrize(
    ("track", "exercise"), [(track, name) for track, of in STORED.items() for name in of]
)
def test_the_events_of_a_stored_track_are_what_they_were(track: str, exercise: str) -> None:
    assert events(track, exercise) == STORED[track][exercise]


def write() -> None:
    made = {track: {name: events(track, name) for name in of} for track, of in STORED.items()}
    lines = []
    for track, of in made.items():
        each = [
            f' "{name}": [' + ",".join(f"\n  {json.dumps(rep)}" for rep in reps) + "\n ]"
            for name, reps in of.items()
        ]
        lines.append(f'"{track}": {{\n' + ",\n".join(each) + "\n}")
    (DATA / "events.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    write()
