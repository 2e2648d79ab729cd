"""One clip, counted on whatever machine of the cluster: the task."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from edge_app import __version__
from edge_app.camera.file import FileSource
from edge_app.errors import InputError
from edge_app.exercise.build import open_counter, posture_fit_of
from edge_app.ledger.evidence import Sample, pack, track_of
from edge_app.ledger.recording import SAMPLES_A_PART
from edge_app.pipeline.run import Step, count
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.session.examiner import Examiner
from edge_app.tools.archive.job import Counted, Order


def count_clip(clip: str, order: Order) -> Counted | str:
    """Counts one clip as `reps count` does.

    Args:
        clip: its path, which must mean the same file on every machine.
        order: how.

    Returns:
        The attempt, or the sentence that says why there is none: one broken clip must not stop an
        archive.
    """
    try:
        return _count(Path(clip), order)
    except InputError as exc:
        return str(exc)


def _count(clip: Path, order: Order) -> Counted:
    if order.program != __version__:
        raise InputError(
            f"this machine of the cluster has edge-reps {__version__}, not {order.program}"
        )
    rules = order.rules()
    exercise = order.exercise or rules.exercise
    counter, examiner, evidence = open_counter(exercise), Examiner(rules), _Evidence()
    backend = _backend(order.model, order.threads, order.provider, order.allow_fallback)
    estimator = PoseEstimator(backend, suits=posture_fit_of(exercise))
    with FileSource(clip) as source:
        reps, frames = count(source, estimator, counter, [examiner, evidence])
    examiner.close(reps)
    attempt = examiner.attempt
    if attempt is None:
        raise InputError(f"{clip} has no picture")
    return Counted(
        start_s=evidence.start_s,
        verdicts=tuple(attempt.verdicts),
        evidence=tuple(evidence.parts()),
        ended=attempt.ended,
        score=attempt.score,
        seen=frames["seen"],
        model=str(estimator.model_name),
    )


@lru_cache(maxsize=1)
def _backend(model: str, threads: int, provider: str, allow_fallback: bool) -> Backend:
    """A process of the cluster counts many clips: the network is opened once."""
    return open_backend(model, threads, provider, allow_fallback)


class _Evidence:
    """Keeps a clip's poses and curves, packed a minute at a time."""

    def __init__(self) -> None:
        self.start_s = 0.0
        self._samples: list[Sample] = []
        self._parts: list[tuple[int, bytes]] = []

    def __call__(self, step: Step) -> None:
        if not self._parts and not self._samples:
            self.start_s = step.frame.t_s
        progress = step.counter.signal.progress
        self._samples.append(Sample(step.pose, progress, dict(step.counter.parameters)))
        if len(self._samples) >= SAMPLES_A_PART:
            self._pack()

    def parts(self) -> list[tuple[int, bytes]]:
        """All of it."""
        self._pack()
        return self._parts

    def _pack(self) -> None:
        if self._samples:
            self._parts.append((len(self._samples), pack(track_of(self._samples))))
            self._samples = []
