"""The public Python API: `import edge_app` offers these names. See docs/api.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np

from edge_app.camera.clip import ClipSource, thin
from edge_app.exercise.definition import Exercise, parse_exercise
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import Stepper, run
from edge_app.pipeline.update import Result, Sink, Update
from edge_app.pose.person import Person
from edge_app.pose.still import find_people
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.session.attempt import Verdict
from edge_app.sinks.document import read_document
from edge_app.values import Frame, Pose

__all__ = [
    "Backend", "Count", "Exercise", "Frame", "LiveCounter", "Person", "Pose", "Update", "Verdict",
    "count_clip", "exercise_from_toml", "find_people", "open_network", "replay",
]  # fmt: skip


@dataclass(frozen=True)
class Count:
    """The result of a count.

    Attributes:
        title: the exercise or test.
        score: counted repetitions, or whole seconds of a hold.
        verdicts: every repetition, rejected ones too, with times and reasons.
        ended: what ended the attempt before the clip did ("time", "strikes", "gap", "cap"), or "".
        frames, seen: number of frames, and of frames with a person.
        damage: what of the clip could not be read; "" if it was whole.
    """

    title: str
    score: int
    verdicts: tuple[Verdict, ...]
    ended: str
    frames: int
    seen: int
    damage: str = ""


def open_network(
    model: str | Path = "fast",
    *,
    threads: int = 0,
    provider: str = "auto",
    allow_fallback: bool = False,
) -> Backend:
    """Opens a pose network, which several counts may share.

    Args:
        model: "fast", "accurate", or an .onnx or .engine file.
        threads: CPU threads of the network; 0: all cores.
        provider: what runs an .onnx file, as for `reps count --provider`.
        allow_fallback: run on the CPU if the provider or the engine is not available.

    Raises:
        InputError: the network cannot be opened.
    """
    return open_backend(model, threads, provider, allow_fallback)


def exercise_from_toml(text: str) -> Exercise:
    """An exercise from the text of its TOML file.

    Raises:
        InputError: the text is not a valid exercise.
    """
    return parse_exercise(text)


def count_clip(
    clip: str | Path,
    exercise: str | Exercise | None = None,
    protocol: str | None = None,
    *,
    network: Backend | None = None,
    max_fps: float = math.inf,
    sinks: Sequence[Sink] = (),
) -> Count:
    """Counts the repetitions of one person in a video file.

    Args:
        clip: the file.
        exercise: a name, the path of a .toml, an `Exercise`, "auto" (recognised) or "new"
            (learned from the clip); optional if a protocol names it.
        protocol: a school test, by name or .toml; default: free practice.
        network: from `open_network`; default: the fast one that ships.
        max_fps: frames above this rate are dropped.
        sinks: called with every frame, see `edge_app.pipeline.update.Sink`.

    Raises:
        InputError: the clip, exercise, protocol or network cannot be used.
    """
    rules = rules_of(exercise, protocol)
    estimator = rules.estimator(network or open_network())
    lane = rules.lane(estimator)
    with ClipSource(clip) as source:
        frames = thin(iter(source), max_fps) if math.isfinite(max_fps) else source
        (result,) = run(Ahead(frames, [estimator]), [lane], sinks)
    return _count(rules.title(lane.counter), result, source.damage)


def replay(
    document: str | Path, exercise: str | Exercise | None = None, protocol: str | None = None
) -> Count:
    """Counts a stored pose track (a result of `reps count --json`) again, without the video.

    Args:
        document: the JSON file.
        exercise, protocol: used instead of the stored ones.

    Raises:
        InputError: the file cannot be read, or the exercise or protocol cannot be used.
    """
    stored = read_document(Path(document))
    other = exercise is not None or protocol is not None
    rules = rules_of(exercise, protocol) if other else stored.rules()
    track = StoredTrack(stored.poses)
    lane = rules.lane(track.estimate)
    (result,) = run(track, [lane])
    return _count(rules.title(lane.counter), result)


class LiveCounter:
    """Counts a live stream, one picture at a time, from any source.

    Args: as for `count_clip`.

    Raises:
        InputError: exercise, protocol or network cannot be used.
    """

    def __init__(
        self,
        exercise: str | Exercise | None = None,
        protocol: str | None = None,
        *,
        network: Backend | None = None,
    ) -> None:
        self._rules = rules_of(exercise, protocol)
        self._lane = self._rules.lane(self._rules.estimator(network or open_network()))
        self._stepper = Stepper([self._lane])
        self._index = 0

    def see(self, image: np.ndarray, t_s: float) -> Update:
        """Counts one picture.

        Args:
            image: (height, width, 3) uint8, BGR as OpenCV gives it.
            t_s: capture time in seconds of any monotonic clock.

        Returns:
            Pose, counting signal, score so far, and in `judged` the verdicts that became final.
        """
        (update,) = self._stepper.step(Frame(image, t_s, self._index))
        self._index += 1
        return update

    def finish(self) -> Count:
        """Ends the stream; a repetition that is nearly final is counted too."""
        (result,) = self._stepper.finish()
        return _count(self._rules.title(self._lane.counter), result)


def _count(title: str, result: Result, damage: str = "") -> Count:
    attempt = result.attempt
    return Count(
        title=title,
        score=result.score,
        verdicts=tuple(attempt.verdicts) if attempt else (),
        ended=attempt.ended if attempt else "",
        frames=result.frames,
        seen=result.seen,
        damage=damage,
    )
