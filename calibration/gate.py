"""The accuracy gate: is a candidate as right as FP32?

Not whether the two agree: any rounding changes the count of some clip, sensor noise does as well.
Both networks are compared with the truth on the same material, and the candidate passes if it is
not worse by more than a limit (non-inferiority): the measured loss, and for most rows also the
upper end of its 95 % interval, from a paired bootstrap over pictures, clips or scenes. An interval
that is too wide is mended by more material, not by another limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from edge_app.runtime.contract import Backend
from models.scores import Figure

from . import clips, drawn
from .accuracy import Accuracy, losses, measure_accuracy
from .evidence import Evidence


class Limit(NamedTuple):
    """How much worse a candidate may be; `upper` is for the upper end of the interval."""

    loss: float
    upper: float | None = None


PICTURES = Limit(0.005, 0.01)
COUNTS = Limit(0.01, 0.04)
LIMITS = {
    "PCK@0.1 box, exercise frames": PICTURES,
    "PCK@0.2 torso, LSPET": PICTURES,
    "AP, coco_val sample": Limit(0.01),
    "false people a picture": Limit(0.02),
    "MAE, real clips": COUNTS,
    "OBO, real clips": COUNTS,
    "ghosts a minute": Limit(0.2),
    "MAE, drawn scenes": COUNTS,
    "OBO, drawn scenes": COUNTS,
    "violations' F1": Limit(0.02),
}


@dataclass(frozen=True)
class Measured:
    """What one network found in all the evidence; None where there is no such evidence."""

    accuracy: Accuracy | None
    counted: list[clips.Counted] | None
    scenes: list[drawn.Result] | None

    def plain(self) -> dict[str, dict[str, object]]:
        """Its own figures, for the certificate."""
        told: dict[str, dict[str, object]] = {}
        if self.accuracy is not None:
            told["pictures"] = dict(self.accuracy.plain())
        if self.counted is not None:
            told["real clips"] = _rounded(clips.figures(self.counted))
        if self.scenes is not None:
            told["drawn scenes"] = _rounded(drawn.figures(self.scenes))
        return told


def measure(backend: Backend, evidence: Evidence) -> Measured:
    """Runs a network over all the evidence."""
    accuracy = counted = scenes = None
    if evidence.data is not None:
        accuracy = measure_accuracy(backend, evidence.data, evidence.every)
    if evidence.clips:
        counted = clips.count_clips(evidence.clips, backend, evidence.cache)
    if evidence.scenes is not None:
        scenes = drawn.judge_scenes(evidence.scenes, backend, evidence.cache)
    return Measured(accuracy, counted, scenes)


def rows(reference: Measured, candidate: Measured) -> dict[str, Figure]:
    """The loss in every row of `LIMITS` for which there is evidence; > 0 is worse."""
    found: dict[str, Figure] = {}
    if reference.accuracy is not None and candidate.accuracy is not None:
        found |= losses(reference.accuracy, candidate.accuracy)
    if reference.counted is not None and candidate.counted is not None:
        lost = clips.count_losses(reference.counted, candidate.counted)
        found |= {n if n in LIMITS else f"{n}, real clips": f for n, f in lost.items()}
    if reference.scenes is not None and candidate.scenes is not None:
        lost = drawn.scene_losses(reference.scenes, candidate.scenes)
        found |= {n if n in LIMITS else f"{n}, drawn scenes": f for n, f in lost.items()}
    return {name: found[name] for name in LIMITS if name in found}


def objections(lost: Mapping[str, Figure], limits: Mapping[str, Limit]) -> list[str]:
    """Why a candidate must not be used; empty for a pass. Rows without evidence are ignored."""
    told = []
    for name, figure in lost.items():
        limit = limits[name]
        if not figure.value <= limit.loss:
            told.append(f"{name}: worse by {figure.value:.4f}, limit {limit.loss}")
        elif limit.upper is not None and not figure.high <= limit.upper:
            told.append(
                f"{name}: worse by {figure.value:.4f}, and by up to {figure.high:.4f}, limit "
                f"{limit.upper}: {figure.pictures} are too few, or it is worse"
            )
    if not any(name.startswith(("MAE", "OBO")) for name in lost):
        told.append("no repetition was counted: give --clips or --scenes")
    return told


def _rounded(values: Mapping[str, float]) -> dict[str, object]:
    return {name: round(value, 4) for name, value in values.items()}
