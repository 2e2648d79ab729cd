"""Distributes clips over a Ray cluster, one task each; Ray restarts a task if its process dies."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterable, Iterator, Union

from edge_app.errors import InputError
from edge_app.runtime.providers import PROVIDERS
from edge_app.tools.archive.clip import count_clip
from edge_app.tools.archive.job import Counted, Job

LOCAL = "local"  # a cluster on this machine, while the command runs
TRIES = 3  # processes that may die on one clip before it is given up
CONNECT_S = 5.0
_AHEAD = 2  # pending tasks for each one that can run

Outcome = Union[Counted, str]  # an attempt, or the error message


@contextmanager
def cluster(address: str) -> Iterator[Any]:
    """Connects to Ray.

    Args:
        address: "local", "auto" (the cluster this machine belongs to), or HOST:PORT.

    Raises:
        InputError: Ray is not installed, or the cluster does not answer.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a school's machine sends no usage data
    # Ray's next version does this by default; the current one warns about it.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ModuleNotFoundError as exc:
        raise InputError("--ray needs the extra `ray`: pip install 'edge-reps[ray]'") from exc
    try:
        _reachable(address)
        own: dict[str, Any] = {"include_dashboard": False} if address == LOCAL else {}
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)
    except (OSError, RuntimeError, ValueError) as exc:
        said = str(exc).strip().splitlines()[0]
        raise InputError(f"no Ray cluster at {address}: {said}") from exc
    try:
        yield ray
    finally:
        ray.shutdown()


def _reachable(address: str) -> None:
    """Checks that the address listens, because Ray itself would wait for minutes.

    Raises:
        OSError, ValueError: it does not listen, or HOST:PORT is invalid.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host:
        socket.create_connection((host, int(port)), CONNECT_S).close()


def count_all(ray: Any, clips: Iterable[Path], order: Job) -> Iterator[tuple[Path, Outcome]]:
    """Counts clips and yields outcomes in the order of completion.

    Only as many tasks are submitted as keep the cluster busy, so that neither a long archive nor a
    slow ledger fills its memory.

    Args:
        ray: from `cluster`.
        clips: absolute paths that every machine of the cluster can read.
        order: the job; every task requests `threads` CPUs, and a GPU if its provider needs one.
    """
    task = ray.remote(
        num_cpus=order.threads,
        num_gpus=int(PROVIDERS[order.provider].gpu),
        max_retries=TRIES - 1,
    )(count_clip)
    room = max(1, int(ray.cluster_resources().get("CPU", 1)) // order.threads) * _AHEAD
    waiting = iter(clips)
    running: dict[Any, Path] = {}
    while True:
        while len(running) < room:
            clip = next(waiting, None)
            if clip is None:
                break
            running[task.remote(str(clip), order)] = clip
        if not running:
            return
        (ready,), _ = ray.wait(list(running), num_returns=1)
        yield running.pop(ready), _outcome(ray, ready)


def _outcome(ray: Any, ready: Any) -> Outcome:
    try:
        outcome: Outcome = ray.get(ready)
    except ray.exceptions.WorkerCrashedError:
        return f"its process died {TRIES} times"
    except ray.exceptions.RayError as exc:  # a lost node, memory, or a bug of ours
        said = str(exc).strip().splitlines()
        return f"Ray gave up: {said[-1] if said else type(exc).__name__}"
    return outcome
