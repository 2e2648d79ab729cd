"""Measures the kiosk as it is watched: how late news comes, how many pictures, what it costs.

    python tests/kiosk/measure.py --browsers 5 --seconds 60

A real kiosk counts the sample clip in a loop. First Chromium pages watch it: event to page is from
the frame that decided until the page's script has the event, both by this machine's clock. Then
plain WebSocket clients come and go every few seconds: the loop's time a frame with them is set
against the time without them, interleaved, so that other work on the machine hits both alike.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from browser import CHROMIUM, running_kiosk
from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

WINDOW_S = 4.0


def ask(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method, headers={"X-Reps": "1"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def watch(address: str, browsers: int, seconds: float) -> None:
    """Latency and pictures, in Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        pages = [chromium.new_context().new_page() for _ in range(browsers)]
        for page in pages:
            page.goto(address)
            page.wait_for_function("() => globalThis.reps?.picture.shown > 0")
        shown = [page.evaluate("reps.picture.shown") for page in pages]
        begun_s = time.monotonic()
        ask(f"{address}/api/station/start", "POST")
        time.sleep(seconds)
        latencies = [ms for page in pages for ms in page.evaluate("reps.latencies_ms")]
        drawn = [page.evaluate("reps.picture.shown") for page in pages]
        passed_s = time.monotonic() - begun_s
        chromium.close()
    ask(f"{address}/api/station/stop", "POST")
    health = ask(f"{address}/api/health")
    rates = [(after - before) / passed_s for before, after in zip(shown, drawn)]
    print(f"events in {browsers} pages: {len(latencies)}")
    print(f"event to page: median {statistics.median(latencies):.1f} ms, "
          f"p95 {percentile(latencies, 0.95):.1f} ms, most {max(latencies):.1f} ms")  # fmt: skip
    print(f"pictures a second, each page: {min(rates):.1f} to {max(rates):.1f}; "
          f"the loop took {health['loop_ms']:.1f} ms a frame")  # fmt: skip


class Clients:
    """Plain clients that read events and pictures, as fast as they come."""

    def __init__(self, address: str, count: int) -> None:
        self._stop = threading.Event()
        urls = [address.replace("http", "ws") + f"/ws/{kind}" for kind in ("events", "pictures")]
        self._threads = [threading.Thread(target=self._read, args=(u,)) for u in urls * count]
        for thread in self._threads:
            thread.start()

    def _read(self, url: str) -> None:
        with connect(url, compression=None) as socket:
            while not self._stop.is_set():
                if isinstance(socket.recv(), bytes):
                    socket.send("next")

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def frame_ms(address: str, seconds: float) -> float:
    """The loop's mean time a frame during the next seconds."""
    before = ask(f"{address}/api/health")
    time.sleep(seconds)
    after = ask(f"{address}/api/health")
    spent = after["loop_ms"] * after["frames"] - before["loop_ms"] * before["frames"]
    return float(spent / (after["frames"] - before["frames"]))


def cost(address: str, clients: int, seconds: float) -> None:
    """The loop's time with and without watchers, in pairs of windows."""
    pairs = []
    for _ in range(max(3, int(seconds / (2 * WINDOW_S)))):
        alone = frame_ms(address, WINDOW_S)
        watching = Clients(address, clients)
        watched = frame_ms(address, WINDOW_S)
        watching.close()
        pairs.append((alone, watched))
    lost = [1 - alone / watched for alone, watched in pairs]
    print(f"frame alone {statistics.mean(a for a, _ in pairs):.1f} ms, watched "
          f"{statistics.mean(w for _, w in pairs):.1f} ms")  # fmt: skip
    print(
        f"the loop loses {100 * statistics.median(lost):.1f} % of its speed to {clients} "
        f"clients (median of {len(pairs)} pairs, {100 * min(lost):.1f} to {100 * max(lost):.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", default="0", help="of the network")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _, address = stack.enter_context(running_kiosk(folder, "--threads", args.threads))
        watch(address, args.browsers, args.seconds)
        cost(address, args.browsers, args.seconds)


if __name__ == "__main__":
    main()
