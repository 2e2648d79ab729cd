"""The app's side of a worker process: starts it, talks to it, detects that it died."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import weakref
from collections import deque
from pathlib import Path
from time import monotonic
from typing import Any, Callable, Sequence

from edge_app.errors import InputError

WORKER = Path(__file__).with_name("worker.py")
SYSTEM_PYTHON = "/usr/bin/python3"  # the one for which JetPack installs TensorRT
LOG_LINES = 30


class WorkerDied(Exception):
    """The process ended or stopped answering; the text says how."""


class Worker:
    """One process that runs worker.py.

    Args:
        python: the interpreter.
        command: probe, build or serve; the first line to `send` is its request.
        inherit: file descriptors the worker may use.

    Raises:
        InputError: the interpreter cannot be started.
    """

    def __init__(self, python: str, command: str, inherit: Sequence[int] = ()) -> None:
        try:
            self._process = subprocess.Popen(
                [python, "-u", str(WORKER), command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=tuple(inherit),
                bufsize=0,
                start_new_session=True,  # Ctrl-C goes to the app, which then stops its workers
            )
        except OSError as exc:
            raise InputError(f"cannot start {python}: {exc.strerror}") from exc
        self.pid = self._process.pid
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._unread = b""
        self._reader = threading.Thread(
            target=_keep_last_lines, args=(self._process.stderr, self._log), daemon=True
        )
        self._reader.start()
        self._end = weakref.finalize(self, _end, self._process, self._reader)

    def send(self, data: bytes) -> None:
        """Writes bytes; raises WorkerDied if the worker no longer reads."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except OSError as exc:
            raise WorkerDied(self._how_it_died()) from exc

    def waiting(self, timeout_s: float | None) -> bool:
        """True as soon as there is data to read, False if none came in time."""
        assert self._process.stdout is not None
        return bool(self._unread or select.select([self._process.stdout], [], [], timeout_s)[0])

    def read(self, timeout_s: float | None) -> bytes:
        """The received data, at least one byte.

        Raises:
            WorkerDied: the worker ended, or nothing came in time.
        """
        if not self.waiting(timeout_s):
            raise WorkerDied(f"it did not answer for {timeout_s:g} s")
        if self._unread:
            data, self._unread = self._unread, b""
            return data
        assert self._process.stdout is not None
        data = os.read(self._process.stdout.fileno(), 4096)
        if not data:
            raise WorkerDied(self._how_it_died())
        return data

    def expect(self, number: int, timeout_s: float) -> None:
        """Reads one byte, which must have this value."""
        data = self.read(timeout_s)
        self._unread = data[1:]
        if data[0] != number:
            raise WorkerDied(f"it answered {data[0]} instead of {number}")

    def read_message(self, timeout_s: float | None) -> dict[str, Any]:
        """Reads one line of JSON; what follows stays for the next read."""
        data = b""
        ends_s = None if timeout_s is None else monotonic() + timeout_s
        while b"\n" not in data:
            data += self.read(None if ends_s is None else max(0.0, ends_s - monotonic()))
        line, self._unread = data.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line.decode())
        return message

    def end(self) -> None:
        """Kills the process if it still runs, and leaves no zombie."""
        self._end()

    def _how_it_died(self) -> str:
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return "it closed its output"
        self._reader.join(1)
        how = f"it was killed by signal {-code}" if code < 0 else f"it ended with code {code}"
        return how + (f": {self._log[-1]}" if self._log else "")


def _keep_last_lines(pipe: Any, log: deque[str]) -> None:
    for line in pipe:
        text = line.decode(errors="replace").strip()
        if text:
            log.append(text)


def _end(process: subprocess.Popen[bytes], reader: threading.Thread) -> None:
    process.kill()
    process.wait()
    reader.join()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def ask(
    python: str,
    command: str,
    request: dict[str, Any],
    progress: Callable[[dict[str, Any] | None], None] = lambda message: None,
    silent_s: float | None = None,
) -> dict[str, Any]:
    """Runs a command that returns one answer.

    Args:
        progress: called with each progress message of the worker, and with None in each second
            without one.
        silent_s: how long it may be silent; None: for ever.

    Raises:
        InputError: the worker reported an error.
        WorkerDied: the worker crashed, or was silent too long.
    """
    worker = Worker(python, command)
    quiet_s = 0.0
    try:
        worker.send(json.dumps(request).encode() + b"\n")
        while True:
            if not worker.waiting(1.0):
                quiet_s += 1.0
                if silent_s is not None and quiet_s > silent_s:
                    raise WorkerDied(f"it was silent for {silent_s:g} s")
                progress(None)
                continue
            quiet_s = 0.0
            message = worker.read_message(10.0)
            if "failed" in message:
                raise InputError(message["failed"])
            if "done" in message:
                done: dict[str, Any] = message["done"]
                return done
            progress(message)
    finally:
        worker.end()


def probe_tensorrt(python: str | None = None) -> dict[str, Any]:
    """The capabilities of this machine's TensorRT and GPU.

    Args:
        python: the interpreter to use; None: this one, then the system's.

    Raises:
        InputError: none of them has a working TensorRT.
    """
    reasons = []
    for candidate in [python] if python else _candidates():
        try:
            return ask(candidate, "probe", {}, silent_s=60)
        except (InputError, WorkerDied) as exc:
            reasons.append(str(exc))
    raise InputError("no working TensorRT: " + "; ".join(reasons))


def _candidates() -> list[str]:
    found = [sys.executable]
    if Path(SYSTEM_PYTHON).exists() and Path(SYSTEM_PYTHON).resolve() != Path(found[0]).resolve():
        found.append(SYSTEM_PYTHON)
    return found
