"""One clip: frames → poses → repetitions. A kiosk feeds the same counters, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterable

from edge_app.exercise.build import Counter
from edge_app.exercise.rep import Rep
from edge_app.values import Frame, Pose


@dataclass(frozen=True)
class Step:
    """All there is to know after one frame; what subscribes to the loop gets this."""

    frame: Frame
    pose: Pose
    counter: Counter
    new: tuple[Rep, ...]  # repetitions that became final with this frame


def count(
    frames: Iterable[Frame],
    estimate: Callable[[Frame], Pose],
    counter: Counter,
    subscribers: Iterable[Callable[[Step], None]] = (),
) -> tuple[list[Rep], dict[str, int]]:
    """Counts one stream of frames to its end.

    Args:
        frames: in order of time.
        estimate: the pose of the person in a frame.
        counter: is fed every pose.
        subscribers: are told after every frame, in order.

    Returns:
        All repetitions, and how many `frames` there were and with how many somebody was `seen`.
    """
    reps: list[Rep] = []
    seen = total = 0
    listeners = tuple(subscribers)
    for frame in frames:
        pose = estimate(frame)
        new = tuple(counter.update(pose))
        reps += new
        total += 1
        seen += bool(pose.score.any())
        step = Step(frame, pose, counter, new)
        for listener in listeners:
            listener(step)
    reps += counter.finish()
    return reps, {"frames": total, "seen": seen}
