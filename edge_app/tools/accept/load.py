"""Step `load`: the whole loop at full speed for half an hour, and how the machine bears it."""

from __future__ import annotations

from collections import defaultdict
from time import perf_counter
from typing import Any, Callable, Iterator

from edge_app.camera.clip import ClipSource
from edge_app.camera.samples import Sample
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import Result, Update
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.tools.accept.networks import NETWORK, close, fastest
from edge_app.tools.accept.rig import Failed, Found, Rig
from edge_app.tools.accept.sensors import Sensors, throttled
from edge_app.tools.bench.contenders import OurWay, warm_up
from edge_app.values import Frame

SAMPLE_S = 2.0
EDGE_S = 60.0  # the first minute beside the last
KEPT = 0.9  # of the first minute's rate: a lesson lasts longer, and its end counts as much
WARM_UP = 20


def load(rig: Rig, found: Found) -> str:
    """Runs the loop and samples the sensors; fails if the rate falls over the time."""
    way, backend = fastest(rig)
    found.update(network=NETWORK, way=way.name, provider=backend.provider)
    ours = OurWay(NETWORK, backend, rules_of(rig.samples[0].exercise), draw=False)
    worker = backend.pid if isinstance(backend, EngineBackend) else None
    sensors = Sensors(rig.root, worker)
    samples: list[dict[str, Any]] = []
    found["at_rest"] = sensors.read()
    try:
        drive(ours, rig.samples[0], rig.load_s, sensors.read, samples, rig.note)
    finally:
        sensors.close()
        close(backend)
        found.update(summary=summary(samples, found["at_rest"]), samples=samples)
    told = found["summary"]
    kept = told.get("last_over_first")
    if rig.load_s >= 2 * EDGE_S and kept is not None and kept < KEPT:
        raise Failed(
            f"the rate fell from {told['fps_first']:.1f} to {told['fps_last']:.1f} frames a second "
            f"({', '.join(told.get('throttled', ())) or 'nothing says why'})"
        )
    return in_words(told, way.name)


def drive(
    ours: OurWay,
    sample: Sample,
    seconds: float,
    sense: Callable[[], dict[str, Any]],
    samples: list[dict[str, Any]],
    note: Callable[[str], None] = lambda text: None,
) -> None:
    """Runs a clip round and round at full speed, as `reps bench` does.

    Args:
        seconds: until it stops.
        sense: reads the sensors.
        samples: gets one entry every two seconds: t_s, frames, fps, stages_ms, and the sensors'.
    """
    with ClipSource(sample.path) as source:
        warm_up(ours, next(iter(source)), WARM_UP)
    window = _Windows(ours, seconds, sense, samples, note)
    while not window.over:
        with ClipSource(sample.path) as source:
            run(window.timed(iter(source)), [ours.start_clip()], [window])


class _Windows:
    """Source and sink of the loop: cuts its time into windows, each with its means and sensors."""

    def __init__(
        self,
        ours: OurWay,
        seconds: float,
        sense: Callable[[], dict[str, Any]],
        samples: list[dict[str, Any]],
        note: Callable[[str], None],
    ) -> None:
        self._ours, self._seconds, self._sense = ours, seconds, sense
        self._samples, self._note = samples, note
        self._began_s = perf_counter()
        self._open()

    @property
    def over(self) -> bool:
        return perf_counter() - self._began_s >= self._seconds

    def timed(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames until the time is over, with the waiting time of each."""
        asked_s = perf_counter()
        for frame in frames:
            self._stages_s["capture"] += perf_counter() - asked_s
            yield frame
            self._frames += 1
            if self.over or perf_counter() - self._opened_s >= SAMPLE_S:
                self._close()
            if self.over:
                return
            asked_s = perf_counter()

    def update(self, update: Update) -> None:
        for stage, seconds in self._ours.stages(update).items():
            self._stages_s[stage] += seconds

    def finish(self, result: Result) -> None:
        """Nothing to do: the window goes on with the next pass."""

    def _open(self) -> None:
        self._stages_s: dict[str, float] = defaultdict(float)
        self._frames, self._opened_s = 0, perf_counter()

    def _close(self) -> None:
        now_s = perf_counter()
        sample = {
            "t_s": round(now_s - self._began_s, 2),
            "frames": self._frames,
            "fps": round(self._frames / (now_s - self._opened_s), 2),
            "stages_ms": {k: round(1e3 * v / self._frames, 3) for k, v in self._stages_s.items()},
            **self._sense(),
        }
        self._samples.append(sample)
        self._note(f"load: {sample['t_s']:.0f} s, {sample['fps']:.1f} frames a second")
        self._open()  # reading the sensors is nobody's frame


def summary(samples: list[dict[str, Any]], at_rest: dict[str, Any]) -> dict[str, Any]:
    """The figures of a load; those that no sample has are left out.

    Args:
        samples: of `drive`.
        at_rest: the sensors before it.
    """
    if not samples:
        return {"frames": 0}
    frames = sum(s["frames"] for s in samples)
    total_s = samples[-1]["t_s"]
    edge_s = min(EDGE_S, total_s / 2)
    first = [s for s in samples if s["t_s"] <= edge_s] or samples[:1]
    last = [s for s in samples if s["t_s"] > total_s - edge_s]
    watts = [s["watts"] for s in samples if "watts" in s]
    degrees = [value for s in samples for value in s.get("temperatures_c", {}).values()]
    stages = {stage for s in samples for stage in s["stages_ms"]}
    found: dict[str, Any] = {
        "seconds": total_s,
        "frames": frames,
        "fps": _rate(samples),
        "fps_first": _rate(first),
        "fps_last": _rate(last),
        "last_over_first": round(_rate(last) / _rate(first), 3),
        "stages_ms": {
            k: round(sum(s["frames"] * s["stages_ms"].get(k, 0.0) for s in samples) / frames, 3)
            for k in sorted(stages)
        },
        "throttled": throttled([at_rest, *samples]),
        "hottest_c": max(degrees, default=None),
        "watts": round(sum(watts) / len(watts), 3) if watts else None,
        "watts_at_rest": at_rest.get("watts"),
        "frames_per_joule": round(_rate(samples) * len(watts) / sum(watts), 3) if watts else None,
        "rss_mib_first": first[-1].get("rss_mib"),
        "rss_mib_last": samples[-1].get("rss_mib"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _rate(samples: list[dict[str, Any]]) -> float:
    """Frames a second over several windows."""
    seconds = sum(s["frames"] / s["fps"] for s in samples)
    return round(float(sum(s["frames"] for s in samples) / seconds), 2)


def in_words(told: dict[str, Any], name: str) -> str:
    """A summary as one line."""
    if not told["frames"]:
        return f"{name}: no frame"
    parts = [f"{told['fps']:.1f} frames a second"]
    if told["seconds"] >= 2 * EDGE_S:
        parts[0] += f" (first minute {told['fps_first']:.1f}, last {told['fps_last']:.1f})"
    if "hottest_c" in told:
        parts.append(f"hottest {told['hottest_c']:.0f} °C")
    if told.get("throttled"):
        parts.append(f"throttled by {', '.join(told['throttled'])}")
    if "watts" in told:
        parts.append(f"{told['watts']:.1f} W, {told['frames_per_joule']:.1f} frames a joule")
    else:
        parts.append("no power sensor")
    return f"{name}: {', '.join(parts)}"
