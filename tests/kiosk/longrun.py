"""A long school day: a kiosk counts attempt after attempt while pages come and go.

    python tests/kiosk/longrun.py --minutes 480 [--out samples.csv]
    python tests/kiosk/longrun.py --minutes 0.7 --fake

The first runs `reps kiosk` with its sample clip in a loop, two mats, a video of every attempt; the
second a kiosk without network and camera in this process, as fast as it goes. Resident memory and
open files are read between attempts. After the first quarter, which fills caches and pools, neither
may grow: ends with an error if the last quarter's median memory is more than `--share` above the
second quarter's, or its fewest open files above that quarter's fewest (a page that just goes holds
some for a moment, a leak never lets them go).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Iterator

from websockets.sync.client import connect

from tests.kiosk.browser import running_kiosk

PIN = "2468"
PICTURES = 5  # that a page takes before it goes
FEWEST_ATTEMPTS = 8


@dataclass(frozen=True)
class Sample:
    """Between two attempts."""

    t_s: float
    attempts: int
    memory_mb: float
    files: int
    frames: int
    videos: int
    refused: int


class Teacher:
    """Whoever starts and stops, by the API.

    Attributes:
        refused: what the kiosk would not do, in its words: on a starved machine the counting loop
            may take longer to answer than a teacher waits.
    """

    def __init__(self, address: str) -> None:
        self._address, self._cookie = address, ""
        self.refused: list[str] = []
        self.ask("POST", "/api/pin", {"new": PIN})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            self._address + path, None if body is None else json.dumps(body).encode(),
            {"X-Reps": "1", "Cookie": self._cookie, "Content-Type": "application/json"},
            method=method,
        )  # fmt: skip
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            self.refused.append(f"{path}: {error.code} {error.read().decode()}")
            error.close()
            return None
        with answer:
            self._cookie = answer.headers.get("Set-Cookie", self._cookie).partition(";")[0]
            text = answer.read()
        return json.loads(text) if text.startswith((b"{", b"[")) else None

    def attempt(self, seconds: float) -> None:
        """One attempt on every mat; a page looks on for a while, results are read and exported."""
        self.ask("POST", "/api/station/start")
        url = self._address.replace("http", "ws")
        # A full queue would not let the answer to closing through, and closing waits ten seconds.
        with connect(f"{url}/ws/events", max_queue=None) as events, \
                connect(f"{url}/ws/pictures") as pictures:  # fmt: skip
            for _ in range(PICTURES):
                pictures.recv(timeout=30)
                pictures.send("next")
            events.recv(timeout=30)
        time.sleep(seconds)
        self.ask("POST", "/api/station/stop")
        newest = self.ask("GET", "/api/attempts?limit=4")
        if newest:
            self.ask("GET", f"/api/attempts/{newest[0]['id']}/curve")
        self.ask("GET", "/api/export/csv?since=2100-01-01")


def sample(pid: int, begun_s: float, attempts: int, teacher: Teacher, folder: Path) -> Sample:
    """Memory and open files of a process now."""
    frames = teacher.ask("GET", "/api/health")["frames"]
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    memory_mb = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    files = len(os.listdir(f"/proc/{pid}/fd"))
    videos = len(list((folder / "videos").glob("*.mp4")))
    passed_s = time.monotonic() - begun_s
    return Sample(passed_s, attempts, memory_mb, files, frames, videos, len(teacher.refused))


def watch(
    address: str, pid: int, folder: Path, seconds: float, attempt_s: float
) -> Iterator[Sample]:
    """Attempts until the time is over, and at least so many that growth can be seen."""
    teacher, begun_s, attempts = Teacher(address), time.monotonic(), 0
    video = {"video": "veiled", "countdown_s": 0, "arm": False}
    teacher.ask("PUT", "/api/settings", {**video, "zones": [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]})
    while time.monotonic() - begun_s < seconds or attempts < FEWEST_ATTEMPTS:
        teacher.attempt(attempt_s)
        attempts += 1
        yield sample(pid, begun_s, attempts, teacher, folder)
        for path in sorted((folder / "videos").glob("*.mp4"))[:-10]:
            path.unlink()  # the disk of a day is not what is measured here
    for words in teacher.refused:
        print(f"refused: {words}")


def judge(samples: list[Sample], share: float) -> str:
    """What grew, or ""."""
    quarter = len(samples) // 4
    if not quarter:
        return "too few attempts to say anything"
    second, last = samples[quarter : 2 * quarter], samples[-quarter:]
    before, after = (statistics.median(s.memory_mb for s in part) for part in (second, last))
    fewest = [min(s.files for s in part) for part in (second, last)]
    print(
        f"{len(samples)} starts, {samples[-1].frames} frames in {samples[-1].t_s / 60:.1f} min; "
        f"memory {before:.1f} MB in the second quarter, {after:.1f} MB in the last "
        f"({100 * (after / before - 1):+.2f} %); open files {fewest[0]} and {fewest[1]}"
    )
    if after > (1 + share) * before:
        return f"memory grew by {100 * (after / before - 1):.1f} %"
    if fewest[1] > fewest[0]:
        return "open files grew"
    return ""


@contextmanager
def faked(folder: Path) -> Iterator[tuple[int, str]]:
    """A kiosk in this process."""
    import edge_app.kiosk.counting_loop
    from tests.kiosk import fakes
    from tests.kiosk.serving import serving

    camera = fakes.FakeCamera()
    edge_app.kiosk.counting_loop.open_capture = lambda address: camera.open()  # type: ignore[assignment, return-value]
    kiosk = fakes.fake_kiosk(folder, camera, lambda name, value: None)
    try:
        with serving(kiosk) as port:
            yield os.getpid(), f"http://127.0.0.1:{port}"
    finally:
        kiosk.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--attempt", type=float, default=20.0, help="seconds of each")
    parser.add_argument("--share", type=float, default=0.02, help="memory may grow by so much")
    parser.add_argument("--out", type=Path, help="samples as CSV, as they come")
    parser.add_argument("--fake", action="store_true")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if args.fake:
            pid, address = stack.enter_context(faked(folder))
        else:
            process, address = stack.enter_context(running_kiosk(folder))
            pid = process.pid
        file = stack.enter_context((args.out or folder / "samples.csv").open("w", newline=""))
        table, samples = csv.writer(file), []
        table.writerow(Sample.__dataclass_fields__)
        for one in watch(address, pid, folder, 60 * args.minutes, args.attempt):
            samples.append(one)
            table.writerow(astuple(one))
            file.flush()
    sys.exit(judge(samples, args.share) or 0)


if __name__ == "__main__":
    main()
