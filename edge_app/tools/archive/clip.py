"""The task: counts one clip on any machine of the cluster."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

from edge_app import __version__
from edge_app.camera.clip import ClipSource
from edge_app.errors import InputError
from edge_app.ledger.evidence import Sample, pack, track_of
from edge_app.ledger.recording import SAMPLES_A_PART
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.run import run
from edge_app.pipeline.update import Result, Update
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.tools.archive.job import Counted, Job


def count_clip(clip: str, order: Job) -> Counted | str:
    """Counts one clip like `reps count`.

    Args:
        clip: its path, which must be the same file on every machine.
        order: how.

    Returns:
        The attempt, or the error message: one damaged clip must not stop an archive.
    """
    try:
        return _count(Path(clip), order)
    except InputError as exc:
        return str(exc)


def _count(clip: Path, order: Job) -> Counted:
    if order.program != __version__:
        raise InputError(
            f"a machine of the cluster has edge-reps {__version__}, not {order.program}"
        )
    rules, evidence = order.rules(), _Evidence()
    backend = _backend(order.model, order.threads, order.provider, order.allow_fallback)
    estimator = rules.estimator(backend)
    lane = rules.lane(estimator)
    with ClipSource(clip, order.orientation) as source:
        (result,) = run(Ahead(source, [estimator]), [lane], [evidence])
    attempt = result.attempt
    if attempt is None:
        raise InputError(f"cannot read {clip}: no frames in it")
    return Counted(
        start_s=evidence.start_s,
        verdicts=tuple(attempt.verdicts),
        evidence=tuple(evidence.parts),
        ended=attempt.ended,
        score=attempt.score,
        seen=result.seen,
        model=backend.path.name,
        damage=source.damage,
    )


@lru_cache(maxsize=1)
def _backend(model: str, threads: int, provider: str, allow_fallback: bool) -> Backend:
    """The network, opened once per process, which counts many clips."""
    return open_backend(model, threads, provider, allow_fallback)


class _Evidence:
    """A sink that keeps a clip's poses and curves, packed a minute at a time."""

    def __init__(self) -> None:
        self.start_s = 0.0
        self.parts: list[tuple[int, bytes]] = []
        self._samples: list[Sample] = []

    def update(self, update: Update) -> None:
        if not self.parts and not self._samples:
            self.start_s = update.frame.t_s
        progress = update.signal.progress if update.signal else math.nan
        self._samples.append(Sample(update.pose, progress, dict(update.parameters)))
        if len(self._samples) >= SAMPLES_A_PART:
            self._pack()

    def finish(self, result: Result) -> None:
        self._pack()

    def _pack(self) -> None:
        if self._samples:
            self.parts.append((len(self._samples), pack(track_of(self._samples))))
            self._samples = []
