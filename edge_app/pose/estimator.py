"""From a frame to the pose of the tracked person."""

from __future__ import annotations

from time import perf_counter
from typing import Callable

import numpy as np

from edge_app.pose.complete import complete
from edge_app.pose.decode import PEAK, decode, sane
from edge_app.pose.person import Person
from edge_app.pose.preprocess import preprocess
from edge_app.pose.smoothing import PoseSmoother
from edge_app.pose.tracker import PersonTracker, Zone, anybody
from edge_app.runtime.contract import Backend
from edge_app.values import Frame, Pose

CLOSE_PEAK = 0.06  # in a close view of the tracked person, weaker peaks are accepted


class PoseEstimator:
    """Runs a network on a stream of frames and tracks one person; one estimator per mat.

    Args:
        backend: the network; several estimators may share it.
        zone: the part of the picture where the person is; default: the whole picture.
        posture_fit: selects whom to track among several (`edge_app.exercise.posture_fit`).

    Attributes:
        seconds: time spent so far in each stage: preprocess, network, decode, track.
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
            ("preprocess", "network", "decode", "track"), 0.0
        )
        self.frames = self.looks = 0
        self.closely = 0

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
        self.closely = 0
        person = self._look(frame)
        while self._tracker.look_again:
            person = self._look(frame)
        began = perf_counter()
        pose = self._pose(person, frame.t_s)
        self.seconds["track"] += perf_counter() - began
        self.frames += 1
        return pose

    def _look(self, frame: Frame) -> Person | None:
        """Runs the network once, on the part of the frame that the tracker requests."""
        times = [perf_counter()]
        hw = self._backend.input_hw
        frame_hw = frame.image.shape[0], frame.image.shape[1]
        view = self._tracker.view(frame_hw, frame.t_s)
        preprocess(frame.image, view, hw, self._blob)
        times.append(perf_counter())
        heatmaps, pafs = map(sane, self._backend.infer(self._blob))
        times.append(perf_counter())
        self.looks += 1
        target = self._tracker.person
        self.closely += target is not None
        last = Person(view.to_input(target.xy), target.score) if target else None
        xy, score = decode(heatmaps, pafs, CLOSE_PEAK if target else PEAK)
        people = [Person(p, s) for p, s in zip(xy, score)]
        people = complete(people, heatmaps, last, CLOSE_PEAK)
        times.append(perf_counter())
        people = [Person(view.to_image(p.xy), p.score) for p in people]
        person = self._tracker.update(people, frame_hw, frame.t_s)
        times.append(perf_counter())
        for stage, begun, ended in zip(self.seconds, times, times[1:]):
            self.seconds[stage] += ended - begun
        return person

    def _pose(self, person: Person | None, t_s: float) -> Pose:
        if person is None:
            return Pose.nobody(t_s)
        raw = Pose(person.xy.astype(np.float32), person.score.clip(0, 1), t_s)
        return self.smooth(raw, self._tracker.body_px).rounded()
