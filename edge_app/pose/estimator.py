"""From a frame to the pose of the tracked person."""

from __future__ import annotations

from time import perf_counter
from typing import Callable, NamedTuple

import numpy as np

from edge_app.pose.complete import complete
from edge_app.pose.decode import PEAK, decode, sane
from edge_app.pose.person import Person
from edge_app.pose.preprocess import Halved, Transform, halve, preprocess
from edge_app.pose.smoothing import PoseSmoother
from edge_app.pose.tracker import PersonTracker, Zone, anybody
from edge_app.runtime.contract import Backend, Running, run_now
from edge_app.values import Frame, Pose

CLOSE_PEAK = 0.06  # in a close view of the tracked person, weaker peaks are accepted
MOVES = 0.125  # of the view: how far it usually moves between two frames, for `prepare`


class _Started(NamedTuple):
    """A look under way."""

    frame: Frame
    view: Transform
    run: Running


class _Seen(NamedTuple):
    """The tracked person in a frame, after all looks at it."""

    frame: Frame
    person: Person | None
    body_px: float
    closely: int


# attributes: what the network says of itself, figures that others read, and a frame's way through
# the steps: shrunk, started, seen.
class PoseEstimator:
    """Runs a network on a stream of frames and tracks one person; one estimator per mat.

    Call it with each frame; or take the steps of a frame apart, so that the network runs beside
    what needs no look: `start`, `finish`, then the call (`edge_app.pipeline.ahead`).

    Args:
        backend: the network; several estimators may share it.
        zone: the part of the picture where the person is; default: the whole picture.
        posture_fit: selects whom to track among several (`edge_app.exercise.posture_fit`).

    Attributes:
        seconds: time spent so far in each stage: preprocess, network, decode, track, smooth.
        frames: number of frames.
        looks: number of network runs; several in a frame that shows somebody new.
        model_name: name of the network's file.
        provider: what runs the network.
        smooth: the temporal filter of the keypoints.
        closely: how many of the last frame's looks, counted from the end, were close-ups of the
            tracked person.
    """

    def __init__(
        self,
        backend: Backend,
        zone: Zone | None = None,
        posture_fit: Callable[[Person], float] = anybody,
    ) -> None:
        self._backend = backend
        self.model_name = backend.path.name
        self.provider = backend.provider
        self._blob = np.empty((1, 3, *backend.input_hw), np.float32)
        self._tracker = PersonTracker(backend.input_hw, zone, posture_fit)
        self.smooth: Callable[[Pose, float], Pose] = PoseSmoother(lowest_score=CLOSE_PEAK)
        self.seconds: dict[str, float] = dict.fromkeys(
            ("preprocess", "network", "decode", "track", "smooth"), 0.0
        )
        self.frames = self.looks = 0
        self.closely = 0
        self._halved: tuple[Frame, Halved] | None = None
        self._started: _Started | None = None
        self._seen: _Seen | None = None

    @property
    def why(self) -> str:
        """Why that provider runs the network; "" if it was asked for."""
        return self._backend.why

    def __call__(self, frame: Frame) -> Pose:
        """The tracked person's smoothed pose; all scores are 0 if nobody is seen.

        The network runs several times on a frame in which a person is found: in every direction,
        then closely, so that a repetition that begins at once is not missed. It runs twice if the
        pose is much weaker than usual.
        """
        if self._started is not None and self._started.frame is frame:
            self.finish()
        if self._seen is None or self._seen.frame is not frame:
            view = self._aim(frame)
            self._see(frame, view, run_now(self._backend, self._blob))
        seen, self._seen = self._seen, None
        assert seen is not None
        began_s = perf_counter()
        pose = self._pose(seen)
        self.seconds["smooth"] += perf_counter() - began_s
        self.frames += 1
        self.closely = seen.closely
        return pose

    def prepare(self, frame: Frame) -> None:
        """Shrinks what the look at a coming frame will probably read; changes no result.

        It goes into the same memory again and again, which the processor's caches keep.
        """
        view = self._tracker.view(_hw(frame), frame.t_s)
        memory = self._halved[1].picture if self._halved else None
        self._halved = frame, halve(frame.image, view, self._backend.input_hw, MOVES, memory)

    def start(self, frame: Frame) -> None:
        """Begins the first look at a frame, beside the caller; no other frame may be under way."""
        assert self._started is None
        view = self._aim(frame)
        self._started = _Started(frame, view, self._backend.start(self._blob))

    def finish(self) -> None:
        """Takes all looks at the started frame; the next call with it gives the pose."""
        assert self._started is not None
        started, self._started = self._started, None
        self._see(*started)

    def _aim(self, frame: Frame) -> Transform:
        """Fills the blob with the part of the frame that the tracker requests."""
        began_s = perf_counter()
        view = self._tracker.view(_hw(frame), frame.t_s)
        halved = self._halved[1] if self._halved and self._halved[0] is frame else None
        preprocess(frame.image, view, self._backend.input_hw, self._blob, halved)
        self.seconds["preprocess"] += perf_counter() - began_s
        return view

    def _see(self, frame: Frame, view: Transform, run: Running) -> None:
        """Takes the look that `run` makes, and further ones while the tracker wants them."""
        closely = int(self._tracker.person is not None)
        person = self._look(frame, view, run)
        while self._tracker.look_again:
            closely += self._tracker.person is not None
            view = self._aim(frame)
            person = self._look(frame, view, run_now(self._backend, self._blob))
        self._seen = _Seen(frame, person, self._tracker.body_px, closely)

    def _look(self, frame: Frame, view: Transform, run: Running) -> Person | None:
        """The person by one run of the network."""
        heatmaps, pafs = map(sane, run.result())
        times = [perf_counter()]
        self.looks += 1
        target = self._tracker.person
        last = Person(view.to_input(target.xy), target.score) if target else None
        xy, score = decode(heatmaps, pafs, CLOSE_PEAK if target else PEAK)
        people = [Person(p, s) for p, s in zip(xy, score)]
        people = complete(people, heatmaps, last, CLOSE_PEAK)
        times.append(perf_counter())
        people = [Person(view.to_image(p.xy), p.score) for p in people]
        person = self._tracker.update(people, _hw(frame), frame.t_s)
        times.append(perf_counter())
        self.seconds["network"] += run.seconds
        self.seconds["decode"] += times[1] - times[0]
        self.seconds["track"] += times[2] - times[1]
        return person

    def _pose(self, seen: _Seen) -> Pose:
        person, t_s = seen.person, seen.frame.t_s
        if person is None:
            return Pose.nobody(t_s)
        raw = Pose(person.xy.astype(np.float32), person.score.clip(0, 1), t_s)
        return self.smooth(raw, seen.body_px).rounded()


def _hw(frame: Frame) -> tuple[int, int]:
    return frame.image.shape[0], frame.image.shape[1]
