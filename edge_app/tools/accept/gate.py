"""Step `gate`: the clips that ship, counted by what would run on this device."""

from __future__ import annotations

from edge_app.camera.clip import ClipSource
from edge_app.camera.samples import Sample
from edge_app.errors import InputError
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import SHIPPED
from edge_app.tools.accept.networks import Way, close, ways
from edge_app.tools.accept.rig import Failed, Found, Rig


def gate(rig: Rig, found: Found) -> str:
    """Counts by every engine; without one, by every provider. Fails if a count is not the known."""
    wrong, right = [], 0
    for network in SHIPPED:
        there, _ = ways(rig, network)
        engines = [way for way in there if way.name.startswith("TensorRT")]
        found[network] = {}
        for way in engines or there:
            rig.note(f"gate: {network}, {way.name}")
            try:
                counts = _counts(way, rig.samples)
            except InputError as exc:
                wrong.append(f"{network} by {way.name}: {exc}")
                continue
            found[network][way.name] = counts
            right += sum(one["counted"] == one["known"] for one in counts.values())
            wrong += [
                f"{network} by {way.name} counted {one['counted']}, not {one['known']}, {name}s"
                for name, one in counts.items()
                if one["counted"] != one["known"]
            ]
    if wrong:
        raise Failed("; ".join(wrong))
    return f"all {right} counts of {len(rig.samples)} clips are the known ones"


def _counts(way: Way, samples: tuple[Sample, ...]) -> dict[str, dict[str, int]]:
    """Exercise → counted and known repetitions."""
    backend = way.open()
    try:
        return {s.exercise: {"counted": _count(s, backend), "known": s.count} for s in samples}
    finally:
        close(backend)


def _count(sample: Sample, backend: Backend) -> int:
    rules = rules_of(sample.exercise)
    with ClipSource(sample.path) as source:
        (result,) = run(source, [rules.lane(rules.estimator(backend))])
    return result.score
