"""Figures of accuracy, each with a 95 % interval by resampling the pictures."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from edge_app.pose.person import FEWEST_KEYPOINTS, Person
from edge_app.skeleton import COCO_FROM_OPENPOSE, INDEX, KEYPOINTS, NECK

from .datasets import Sample
from .detectors import Detector

RESAMPLES = 1000
AP_RESAMPLES = 200
GROUPS = {
    "head": ("nose", "right_eye", "left_eye", "right_ear", "left_ear"),
    "shoulders": ("right_shoulder", "left_shoulder"),
    "elbows": ("right_elbow", "left_elbow"),
    "wrists": ("right_wrist", "left_wrist"),
    "hips": ("right_hip", "left_hip"),
    "knees": ("right_knee", "left_knee"),
    "ankles": ("right_ankle", "left_ankle"),
}
# Angle between the torso and upright, in degrees: from, to.
ORIENTATIONS = {
    "upright": (0, 30), "tilted": (30, 60), "lying": (60, 120), "upside down": (120, 181),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A value and its 95 % bootstrap interval over pictures."""

    value: float
    low: float
    high: float
    pictures: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def share(part: np.ndarray, whole: np.ndarray) -> Figure:
    """Σ part ÷ Σ whole over pictures: (pictures,) each."""
    if not whole.sum():
        return Figure(np.nan, np.nan, np.nan, len(whole))
    draws = np.random.default_rng(0).integers(0, len(whole), (RESAMPLES, len(whole)))
    values = part[draws].sum(1) / np.maximum(whole[draws].sum(1), 1e-9)
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(float(part.sum() / whole.sum()), float(low), float(high), len(whole))


@dataclass(frozen=True)
class Pck:
    """Which labelled keypoints of which pictures were found: (pictures, 18) bool each."""

    samples: list[Sample]
    right: np.ndarray
    labelled: np.ndarray

    def overall(self) -> Figure:
        """PCK over all keypoints."""
        return share(self.right.sum(1), self.labelled.sum(1))

    def by_group(self) -> dict[str, Figure]:
        """PCK for each kind of keypoint in the set."""
        groups = {g: [INDEX[n] for n in names] for g, names in GROUPS.items()}
        return {
            g: share(self.right[:, i].sum(1), self.labelled[:, i].sum(1))
            for g, i in groups.items()
            if self.labelled[:, i].any()
        }

    def by_orientation(self) -> dict[str, Figure]:
        """PCK for each orientation of the torso, without pictures whose torso is not labelled."""
        tilt = np.array([torso_tilt_deg(s) for s in self.samples])
        figures = {}
        for name, (low, high) in ORIENTATIONS.items():
            chosen = (tilt >= low) & (tilt < high)
            figures[name] = share(self.right[chosen].sum(1), self.labelled[chosen].sum(1))
        return figures


def pck(detect: Detector, samples: Iterable[Sample], of_torso: float | None) -> Pck:
    """Keypoints within a tenth of the box's larger side, or within `of_torso` of the torso.

    The second measure leaves out pictures whose torso is not labelled.
    """
    kept, right, labelled = [], [], []
    for sample in samples:
        within = 0.1 * float(max(sample.box[0, 2:]))
        if of_torso is not None:
            torso = torso_px(sample)
            if torso is None:
                continue
            within = of_torso * torso
        present = sample.present[0].copy()
        present[NECK] = False  # derived from the shoulders, so it is not a label
        error = nearest(detect(sample.image), sample)
        kept.append(sample)
        right.append(present & (error < within))
        labelled.append(present)
    points = len(KEYPOINTS)
    return Pck(
        kept,
        np.array(right, bool).reshape(-1, points),
        np.array(labelled, bool).reshape(-1, points),
    )


def nearest(people: list[Person], sample: Sample) -> np.ndarray:
    """(18,) distance in pixels from the labelled keypoints to those of the nearest person.

    A keypoint that was not found is infinitely far.
    """
    person = max(people, key=lambda p: closeness(p, sample), default=None)
    if person is None or closeness(person, sample) == 0:
        return np.full(len(KEYPOINTS), np.inf)
    return _errors(person, sample)


def closeness(person: Person, sample: Sample) -> float:
    """How close a person is to the labelled one: 1 for each keypoint at the exact place."""
    scale = 0.1 * float(max(sample.box[0, 2:]))
    return float(np.exp(-_errors(person, sample)[sample.present[0]] / scale).sum())


def _errors(person: Person, sample: Sample) -> np.ndarray:
    errors = np.linalg.norm(person.xy - sample.xy[0], axis=1)
    errors[~person.found] = np.inf
    return errors


def torso_px(sample: Sample) -> float | None:
    """From one shoulder to the opposite hip, the longer of the two."""
    pairs = [("right_shoulder", "left_hip"), ("left_shoulder", "right_hip")]
    lengths = [
        float(np.linalg.norm(sample.xy[0, INDEX[a]] - sample.xy[0, INDEX[b]]))
        for a, b in pairs
        if sample.present[0, INDEX[a]] and sample.present[0, INDEX[b]]
    ]
    return max(lengths) if lengths else None


def torso_tilt_deg(sample: Sample) -> float:
    """Angle between hips→neck and upright, 0 to 180; nan without a labelled torso."""
    torso = Person(sample.xy[0], sample.present[0].astype(np.float32)).torso()
    if torso is None or not torso.any():
        return np.nan
    return float(np.degrees(np.arctan2(abs(torso[0]), -torso[1])))


def false_people(detect: Detector, samples: Iterable[Sample]) -> Figure:
    """People found per picture without any."""
    found = found_people(detect, samples)
    return share(found, np.ones(len(found)))


def found_people(detect: Detector, samples: Iterable[Sample]) -> np.ndarray:
    """(pictures,) float: people found in each, without partial bodies too small to track."""
    found = [sum(p.found.sum() >= FEWEST_KEYPOINTS for p in detect(s.image)) for s in samples]
    return np.array(found, float)


def coco_scores(detect: Detector, folder: Path, pictures: Iterable[dict]) -> dict[str, Figure]:
    """AP, AP50 and AR by the COCO protocol.

    Args:
        detect: the detector.
        folder: of the data set, with annotations.json; no annotation's id may be 0, which means
            "no match" to the evaluator.
        pictures: the annotation file's images.
    """
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(folder / "annotations.json"))
    results = []
    for image in pictures:
        for person in detect(folder / "images" / image["file_name"]):
            points = np.column_stack([person.xy, person.score])[COCO_FROM_OPENPOSE]
            score = float(person.score.sum() / len(KEYPOINTS))
            results.append(
                {"image_id": image["id"], "category_id": 1, "keypoints": points.ravel().tolist(),
                 "score": score}
            )  # fmt: skip
    if not results:
        return dict.fromkeys(("AP", "AP50", "AR"), Figure(0.0, 0.0, 0.0, len(truth.getImgIds())))
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(results), "keypoints")
        evaluation.evaluate()
        values = _summary(evaluation)
        spread = np.array(list(_resampled(evaluation)))
    low, high = np.percentile(spread, [2.5, 97.5], axis=0)
    count = len(evaluation.params.imgIds)
    return {
        name: Figure(values[i], float(low[i]), float(high[i]), count)
        for i, name in enumerate(("AP", "AP50", "AR"))
    }


def _summary(evaluation: COCOeval) -> list[float]:
    evaluation.accumulate()
    evaluation.summarize()
    return [float(evaluation.stats[i]) for i in (0, 1, 5)]


def _resampled(evaluation: COCOeval) -> Iterable[list[float]]:
    """The summary over pictures drawn with replacement, from existing matches."""
    matches = evaluation.evalImgs
    count = len(evaluation.params.imgIds)
    numbers = list(range(count))
    evaluation.params.imgIds = evaluation._paramsEval.imgIds = numbers
    rng = np.random.default_rng(0)
    for _ in range(AP_RESAMPLES):
        drawn = rng.integers(0, count, count)
        areas = range(0, len(matches), count)
        evaluation.evalImgs = [matches[first + i] for first in areas for i in drawn]
        yield _summary(evaluation)
