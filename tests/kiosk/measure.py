"""Measures the kiosk as it is watched: how late news comes, how many pictures, what it costs.

    python tests/kiosk/measure.py --browsers 5 --seconds 60 --cost
    python tests/kiosk/measure.py --browsers 1 --clients 5 --seconds 60

A real kiosk counts the sample clip in a loop. Chromium pages and plain clients watch it: event to
page is from the frame that decided until the page's script has the event, both by this machine's
clock. With --cost plain clients then come and go every few seconds: the loop's time a frame with
them is set against the time without them, interleaved, so that other work on the machine hits both
alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

from tests.kiosk.browser import CHROMIUM, running_kiosk

WINDOW_S = 4.0


def ask(url: str, method: str = "GET") -> Any:
    request = urllib.request.Request(url, method=method, headers={"X-Reps": "1"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def load() -> str:
    """How busy the machine is, to be read beside each figure."""
    return "load average " + " ".join(f"{v:.1f}" for v in os.getloadavg())


def told(who: str, latencies: list[float], rates: list[float]) -> None:
    """Prints what some who watch saw."""
    late = f"median {statistics.median(latencies):.1f} ms, p95 {percentile(latencies, 0.95):.1f} ms"
    print(f"{who}: {len(latencies)} events, {late}, most {max(latencies):.1f} ms; "
          f"pictures a second {min(rates):.1f} to {max(rates):.1f}")  # fmt: skip


def watch(address: str, browsers: int, clients: int, seconds: float) -> None:
    """Latency and pictures, in Chromium pages and in plain clients at the same time."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        pages = [chromium.new_context().new_page() for _ in range(browsers)]
        for page in pages:
            page.goto(address)
            page.wait_for_function("() => globalThis.reps?.pictures.shown > 0")
        plain = Clients(address, clients)
        time.sleep(2)
        before = [page.evaluate("reps.pictures.shown") for page in pages]
        health, begun_s = ask(f"{address}/api/health"), time.monotonic()
        plain.begin()
        ask(f"{address}/api/station/start", "POST")
        time.sleep(seconds)
        after = [page.evaluate("reps.pictures.shown") for page in pages]
        passed_s = time.monotonic() - begun_s
        latencies = [ms for page in pages for ms in page.evaluate("reps.latencies_ms")]
        seen = plain.close()
        chromium.close()
    later = ask(f"{address}/api/health")
    ask(f"{address}/api/station/stop", "POST")
    counted = (later["frames"] - health["frames"]) / passed_s
    print(f"{browsers} Chromium pages and {clients} plain clients for {passed_s:.0f} s, {load()}; "
          f"{counted:.1f} frames counted a second, {later['loop_ms']:.0f} ms each")  # fmt: skip
    if browsers:
        told("  pages  ", latencies, [(b - a) / passed_s for a, b in zip(before, after)])
    if clients:
        told("  clients", seen, [count / passed_s for count in plain.pictures])


class Clients:
    """Plain clients that read events and pictures, as fast as they come.

    Attributes:
        pictures: how many each got since `begin`.
    """

    def __init__(self, address: str, count: int) -> None:
        self._stop = threading.Event()
        self.pictures = [0] * count
        self._latencies: list[float] = []
        url = address.replace("http", "ws")
        self._threads = [
            threading.Thread(target=read, args=(f"{url}/ws/{kind}", number))
            for number in range(count)
            for kind, read in (("events", self._events), ("pictures", self._pictures))
        ]
        for thread in self._threads:
            thread.start()

    def begin(self) -> None:
        """Forgets what was seen so far."""
        self.pictures = [0] * len(self.pictures)
        self._latencies = []

    def _events(self, url: str, number: int) -> None:
        with connect(url, compression=None) as socket:
            while not self._stop.is_set():
                event = json.loads(socket.recv())
                if "at_ms" in event:
                    self._latencies.append(1000 * time.time() - event["at_ms"])

    def _pictures(self, url: str, number: int) -> None:
        with connect(url, compression=None) as socket:
            while not self._stop.is_set():
                socket.recv()
                self.pictures[number] += 1
                socket.send("next")

    def close(self) -> list[float]:
        """How late each event came to each client, in milliseconds."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return self._latencies


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
    print(f"{load()}; frame alone {statistics.mean(a for a, _ in pairs):.1f} ms, watched "
          f"{statistics.mean(w for _, w in pairs):.1f} ms")  # fmt: skip
    print(
        f"the loop loses {100 * statistics.median(lost):.1f} % of its speed to {clients} "
        f"clients (median of {len(pairs)} pairs, {100 * min(lost):.1f} to {100 * max(lost):.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browsers", type=int, default=5, help="Chromium pages")
    parser.add_argument("--clients", type=int, default=0, help="plain clients beside them")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", default="0", help="of the network")
    parser.add_argument("--cost", action="store_true", help="what watchers cost the loop, too")
    args = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _, address = stack.enter_context(running_kiosk(folder, "--threads", args.threads))
        watch(address, args.browsers, args.clients, args.seconds)
        if args.cost:
            cost(address, args.browsers + args.clients, args.seconds)


if __name__ == "__main__":
    main()
