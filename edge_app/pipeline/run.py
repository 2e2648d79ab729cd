"""The frame loop: every frame of a source goes through every lane, then to the sinks.

Counting a clip, evaluating, teaching, an archive, the bench and the kiosk all call `run`, with
different sources, lanes and sinks.
"""

from __future__ import annotations

from time import perf_counter
from typing import Iterable, Sequence

from edge_app.pipeline.update import Result, Sink, Update
from edge_app.session.lane import Estimate, Lane, WatchLane
from edge_app.values import Frame, Pose


def run(source: Iterable[Frame], lanes: Iterable[Lane], sinks: Sequence[Sink] = ()) -> list[Result]:
    """Runs a stream of frames to its end.

    Args:
        source: frames in order of time.
        lanes: numbered from 1 in order; iterated again for every frame.
        sinks: called for every lane after every frame, and for every lane at the end, in order.

    Returns:
        One result per lane.
    """
    stepper = Stepper(lanes, sinks)
    for frame in source:
        stepper.step(frame)
    return stepper.finish()


class Stepper:
    """The loop's body, for callers that push frames; arguments as for `run`."""

    def __init__(self, lanes: Iterable[Lane], sinks: Sequence[Sink] = ()) -> None:
        self._lanes, self._sinks = lanes, sinks
        self._frames = 0
        self._seen: dict[int, int] = {}

    def step(self, frame: Frame) -> list[Update]:
        """Processes one frame, times strictly increasing; returns each lane's update."""
        self._frames += 1
        updates = []
        for number, lane in enumerate(self._lanes, 1):
            update = _step(number, lane, frame)
            self._seen[number] = self._seen.get(number, 0) + bool(update.pose.score.any())
            for sink in self._sinks:
                sink.update(update)
            updates.append(update)
        return updates

    def finish(self) -> list[Result]:
        """Ends the stream; returns one result per lane."""
        results = []
        for number, lane in enumerate(self._lanes, 1):
            last = tuple(lane.finish())
            seen = self._seen.get(number, 0)
            results.append(Result(number, lane.attempt, last, self._frames, seen))
            for sink in self._sinks:
                sink.finish(results[-1])
        return results


def track(source: Iterable[Frame], estimate: Estimate, sinks: Sequence[Sink] = ()) -> list[Pose]:
    """The poses of one person in a stream of frames, without counting.

    Args:
        source: frames in order of time.
        estimate: the pose of the person in a frame.
        sinks: called with every pose.
    """
    poses = PoseList()
    run(source, [WatchLane(estimate)], [poses, *sinks])
    return poses.poses


class PoseList:
    """A sink that keeps every pose.

    Attributes:
        poses: in order.
    """

    def __init__(self) -> None:
        self.poses: list[Pose] = []

    def update(self, update: Update) -> None:
        self.poses.append(update.pose)

    def finish(self, result: Result) -> None:
        """Nothing to do."""


def _step(number: int, lane: Lane, frame: Frame) -> Update:
    begun_s = perf_counter()
    pose = lane.estimate(frame)
    posed_s = perf_counter()
    events = tuple(lane.update(pose))
    counted_s = perf_counter()
    counter, attempt = lane.counter, lane.attempt
    return Update(
        lane=number,
        frame=frame,
        pose=pose,
        signal=counter.signal if counter else None,
        parameters=counter.parameters if counter else {},
        score=attempt.score if attempt else 0,
        events=events,
        pose_s=posed_s - begun_s,
        count_s=counted_s - posed_s,
    )
