"""A whole track under a protocol: the loop, the counter and the attempt together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.pipeline.run import count
from edge_app.session.examiner import Examiner
from edge_app.session.protocol import Ending, Protocol, free_practice
from edge_app.values import Frame
from tests.exercise.stick_figure import movement, push_up


def examine(protocol: Protocol, reps: int = 5) -> Examiner:
    image = np.zeros((2, 2, 3), np.uint8)
    times = np.arange(0, 2 + 2.5 * reps, 1 / 15)
    frames = [Frame(image, float(t), i) for i, t in enumerate(times)]
    examiner = Examiner(protocol)
    counter = RepCounter(find_exercise(protocol.exercise))
    found, _ = count(frames, lambda f: push_up(movement(f.t_s, reps), f.t_s), counter, [examiner])
    examiner.close(found)
    assert len(found) == reps
    return examiner


def test_free_practice_gives_the_counters_count() -> None:
    assert examine(free_practice("push-up")).score == 5


def test_the_timer_stops_counting_and_not_the_counter() -> None:
    examiner = examine(replace(free_practice("push-up"), ending=Ending(time_s=8.5)))
    assert examiner.attempt is not None
    assert (examiner.score, examiner.attempt.ended) == (3, "time")


def test_a_repetition_that_only_the_clips_end_makes_final_is_judged() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    frames = [Frame(image, t / 15, t) for t in range(45)]  # one repetition, from 1 s to 3 s
    examiner = Examiner(free_practice("push-up"))
    found, _ = count(
        frames,
        lambda f: push_up(movement(f.t_s, 1), f.t_s),
        RepCounter(find_exercise("push-up")),
        [examiner],
    )
    before = examiner.score
    examiner.close(found)
    assert examiner.score == len(found) == 1 and before == 0


def test_an_empty_clip_has_no_attempt() -> None:
    examiner = Examiner(free_practice("push-up"))
    examiner.close([])
    assert examiner.attempt is None and examiner.score == 0
