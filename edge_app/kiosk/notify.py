"""Reports to systemd that the kiosk is ready and alive: the protocol of sd_notify(3).

The libraries for it are a C binding to compile, or an unmaintained package of one file; a datagram
of a few bytes needs neither.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
from typing import Callable, Mapping

LOOK_S = 0.2  # between two checks of whether the page answers
ANSWER_S = 5.0


class Notifier:
    """One thread that sends READY=1 once, and WATCHDOG=1 while the kiosk is healthy.

    Args:
        signs_of_life: a number of the counting loop that changes while the loop is alive.
        answers: whether the page answers.
        environ: NOTIFY_SOCKET and WATCHDOG_USEC as systemd sets them; without them nothing is done.
    """

    def __init__(
        self,
        signs_of_life: Callable[[], int],
        answers: Callable[[], bool],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._signs_of_life, self._answers = signs_of_life, answers
        self._address = environ.get("NOTIFY_SOCKET", "")
        # Three times within the limit, so that one late check is harmless.
        self._period_s = int(environ.get("WATCHDOG_USEC") or 0) / 3e6
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)

    def start(self) -> None:
        if self._address:
            self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._answers():
            if self._closed.wait(LOOK_S):
                return
        self._say("READY=1")
        before = -1
        while self._period_s and not self._closed.wait(self._period_s):
            now = self._signs_of_life()
            if now != before and self._answers():
                self._say("WATCHDOG=1")
            before = now

    def _say(self, state: str) -> None:
        address = self._address
        if address.startswith("@"):  # a name in the kernel, not in the file system
            address = "\0" + address[1:]
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.sendto(state.encode(), address)


def page_answers(host: str, port: int) -> bool:
    """Whether /healthz reports health, asked as by a watchdog on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
