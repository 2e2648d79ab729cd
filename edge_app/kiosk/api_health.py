"""The kiosk's health, for a teacher, a watchdog and Prometheus."""

import resource
import shutil
import time
from pathlib import Path
from typing import Dict, Iterator, List, Optional

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from edge_app import __version__
from edge_app.device.clock import ClockState
from edge_app.kiosk.guard import kiosk_of
from edge_app.kiosk.kiosk import Kiosk

router = APIRouter(tags=["health"])
BEGUN_S = time.monotonic()
LOW_DISK_BYTES = 200_000_000
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class CameraInfo(BaseModel):
    state: str
    message: str
    fps: float
    frames: int
    dropped: int
    opened: int


class ClockInfo(BaseModel):
    """`why` ends the sentence "the clock …"; `deletes_not` says why data past its term stays."""

    trusted: bool
    why: str
    corrected_s: Optional[float]
    deletes_not: str


class Health(BaseModel):
    """`good` is False when somebody must act; `problems` says on what."""

    good: bool
    problems: List[str]
    version: str
    model: str
    uptime_s: float
    camera: CameraInfo
    clock: ClockInfo
    frames: int
    loop_ms: float
    stages_ms: Dict[str, float]
    watchers: int
    viewers: int
    let_go: int
    waiting_rows: int
    disk_free_mb: float
    memory_mb: float
    hottest_c: Optional[float]


@router.get("/api/health")
def health(request: Request) -> Health:
    """All health figures; no personal data."""
    return health_of(kiosk_of(request))


@router.get("/healthz", responses={503: {}})
def healthz(request: Request, response: Response) -> Dict[str, str]:
    """For a watchdog: 200 while the counting loop lives, with or without a camera."""
    if not kiosk_of(request).loop.running:
        response.status_code = 503
        return {"status": "the counting loop has stopped"}
    return {"status": "ok"}


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """The same figures in Prometheus text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(kiosk_of(request)))
    return Response(generate_latest(registry), media_type=METRICS_TYPE)


def health_of(kiosk: Kiosk) -> Health:
    """The current figures of one kiosk."""
    loop, hub = kiosk.loop, kiosk.hub
    camera = loop.camera_health()
    state = kiosk.page_state.snapshot()
    free = shutil.disk_usage(kiosk.settings.folder).free
    problems = [state["problem"], kiosk.film.problem, *state["notes"]]
    made = kiosk.pictures
    stages_ms = {**loop.stages_ms(), "picture": 1000 * made.seconds / max(1, made.made)}
    if not camera.good:
        problems.append(camera.message or f"the camera is {camera.state}")
    if free < LOW_DISK_BYTES:
        problems.append("the disk is nearly full")
    if not loop.running:
        problems.append("the counting loop has stopped: restart the kiosk")
    problems = [p for p in problems if p]
    return Health(
        good=not problems,
        problems=problems,
        version=__version__,
        model=kiosk.model,
        uptime_s=round(time.monotonic() - BEGUN_S, 1),
        camera=CameraInfo(
            state=camera.state,
            message=camera.message,
            fps=round(camera.fps, 1),
            frames=camera.frames,
            dropped=camera.dropped,
            opened=camera.opened,
        ),
        clock=_clock(kiosk.ledger.clock.state),
        frames=loop.frames,
        loop_ms=round(1000 * loop.busy_s / max(1, loop.frames), 2),
        stages_ms={name: round(ms, 2) for name, ms in stages_ms.items()},
        watchers=hub.watchers,
        viewers=hub.viewers,
        let_go=hub.let_go,
        waiting_rows=kiosk.writer.behind,
        disk_free_mb=round(free / 1e6),
        memory_mb=round(_resident_bytes() / 1e6, 1),
        hottest_c=_hottest_c(),
    )


def _clock(state: ClockState) -> ClockInfo:
    return ClockInfo(
        trusted=state.trusted,
        why=state.why,
        corrected_s=None if state.corrected_s is None else round(state.corrected_s, 1),
        deletes_not=state.refusal,
    )


def _resident_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):  # not Linux: the peak so far stands in
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def _hottest_c() -> Optional[float]:
    """The hottest temperature sensor in degrees Celsius; None without sensors."""
    found = []
    for path in Path("/sys/class/thermal").glob("thermal_zone*/temp"):
        try:
            found.append(int(path.read_text()) / 1000)
        except (OSError, ValueError):
            continue  # a sensor that is off cannot be read
    return max(found) if found else None


class _Figures(Collector):
    """Reads the figures only when Prometheus asks for them."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def collect(self) -> Iterator[Metric]:
        health = health_of(self._kiosk)
        counters = {
            "reps_frames": ("frames counted", health.frames),
            "reps_camera_frames": ("frames captured by the camera", health.camera.frames),
            "reps_camera_dropped": ("frames dropped before counting", health.camera.dropped),
            "reps_camera_opened": ("number of times the camera was opened", health.camera.opened),
            "reps_watchers_let_go": ("browsers disconnected for not reading", health.let_go),
        }
        for name, (text, total) in counters.items():
            yield CounterMetricFamily(name, text, value=total)
        gauges = {
            "reps_good": ("1 if nobody needs to act", float(health.good)),
            "reps_camera_good": ("1 if frames come", float(health.camera.state == "good")),
            "reps_camera_fps": ("frames per second", health.camera.fps),
            "reps_watchers": ("browsers that receive events", health.watchers),
            "reps_viewers": ("browsers that receive pictures", health.viewers),
            "reps_waiting_rows": ("ledger rows not stored yet", health.waiting_rows),
            "reps_disk_free_bytes": ("free space", health.disk_free_mb * 1e6),
            "reps_memory_bytes": ("resident memory", health.memory_mb * 1e6),
            "reps_clock_trusted": ("1 if the wall clock is trusted", float(health.clock.trusted)),
            "reps_clock_corrected_seconds": (
                "by how much the last correction since the start moved recorded times",
                health.clock.corrected_s or 0.0,
            ),
        }
        for name, (text, value) in gauges.items():
            yield GaugeMetricFamily(name, text, value=value)
        stages = GaugeMetricFamily("reps_stage_seconds", "mean time per frame", labels=["stage"])
        for stage, ms in health.stages_ms.items():
            stages.add_metric([stage], ms / 1000)
        yield stages
