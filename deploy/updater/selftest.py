"""Tests a release before it is used: doctor, the sample clip, the page."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from updater.device import CURRENT, DROP, USER, Refused, as_user, last_line, refuse

COUNT_S = 1800.0  # the clip on the CPU of a Nano
PAGE_S = 600.0  # a card is made under emulation, where it takes minutes
COUNTED_FPS = 10  # of the sample clip: enough for its count, and faster on a Nano's CPU
SAMPLE = "from edge_app.kiosk.kiosk import sample_clip; print(sample_clip())"


def self_test(release: Path, about: dict[str, Any]) -> None:
    """Runs all tests as the app's own user, with a temporary data folder.

    Raises:
        Refused: the release does not work on this device.
    """
    folder = Path(tempfile.mkdtemp(prefix="edge-reps-test-"))
    try:
        shutil.chown(folder, USER, USER)
        _doctor(release, folder)
        clip = _reps(release, folder, ["-c", SAMPLE]).stdout.strip()
        cpuinfo = Path("/proc/cpuinfo")
        if cpuinfo.exists() and emulated(platform.machine(), cpuinfo.read_text()):
            print("  emulated processor, for a card: skipping the sample clip")
        else:
            _sample(release, folder, clip, about["sample"])
        _page(release, folder, clip, about["version"])
    finally:
        shutil.rmtree(folder)


def emulated(machine: str, cpuinfo: str) -> bool:
    """Whether an ARM system runs on a PC, as while its card is made: every frame takes seconds.

    Args:
        machine: the processor according to the system.
        cpuinfo: Linux's list, which describes the real processor; only PCs have `vendor_id`.
    """
    return machine == "aarch64" and "vendor_id" in cpuinfo


def _reps(release: Path, folder: Path, args: list[str]) -> subprocess.CompletedProcess[str]:
    python = str(release / "venv" / "bin" / "python")
    try:
        return as_user([python, *args], env=_environment(folder), timeout=COUNT_S)
    except subprocess.TimeoutExpired:
        return refuse(f"the self-test took longer than {COUNT_S:.0f} s: {' '.join(args[:3])}")


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _problems(release: Path, folder: Path) -> dict[str, str]:
    """The findings of `reps doctor`.

    Raises:
        Refused: the release does not run.
    """
    done = _reps(release, folder, ["-m", "edge_app.cli", "doctor", "--json"])
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return refuse(f"the new release does not run here: {last_line(done.stdout + done.stderr)}")
    return {f["what"]: f["said"] for f in found if f["level"] == "problem"}


def _doctor(release: Path, folder: Path) -> None:
    """Refuses new problems; those that the previous release had too do not stop an update.

    Without a previous release, or if it cannot report, only the network must work.
    """
    problems = _problems(release, folder)
    for what, said in problems.items():
        print(f"  doctor: {what}: {said}")
    try:
        known = set(_problems(CURRENT, folder)) if CURRENT.exists() else set(problems) - {"model"}
    except Refused:
        known = set(problems) - {"model"}
    for what in problems:
        if what not in known:
            refuse(f"reps doctor finds a problem: {what}: {problems[what]}")


def _sample(release: Path, folder: Path, clip: str, sample: dict[str, Any]) -> None:
    result = folder / "result.json"
    done = _reps(release, folder, [
        "-m", "edge_app.cli", "count", clip, "--exercise", sample["exercise"], "--quiet",
        "--max-fps", str(COUNTED_FPS), "--json", str(result),
    ])  # fmt: skip
    if done.returncode:
        refuse(f"cannot count the sample clip: {last_line(done.stdout + done.stderr)}")
    counted = sum(rep["counted"] for rep in json.loads(result.read_text())["repetitions"])
    if counted != sample["count"]:
        wanted = f"the sample clip has {sample['count']} valid repetitions"
        refuse(f"{wanted}, and {counted} were counted")


def _page(release: Path, folder: Path, clip: str, version: str) -> None:
    python = str(release / "venv" / "bin" / "python")
    log = folder / "kiosk.log"
    # Bound until the end, so that nobody else gets the port; both sides allow sharing it.
    with log.open("w") as out, socket.socket() as chosen:
        chosen.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
        kiosk = subprocess.Popen(
            [*DROP, python, "-m", "edge_app.cli", "kiosk",
             "--port", str(port), "--data", str(folder / "data"), "--camera", f"file:{clip}"],
            env=_environment(folder), cwd="/", stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            until_s = time.monotonic() + PAGE_S
            while not _answers(port, version):
                if kiosk.poll() is not None or time.monotonic() > until_s:
                    refuse(f"the page does not answer: {last_line(log.read_text())}")
                time.sleep(0.2)
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(kiosk.pid, signal.SIGKILL)
            kiosk.wait()


def _answers(port: int, version: str) -> bool:
    """Checks that loop and pages run, and have this version."""
    try:
        for path in ("/healthz", "/"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=10) as answer:
            said = json.load(answer)["version"]
    except (urllib.error.URLError, OSError):
        return False
    if said != version:
        refuse(f"the page has version {said}, but the bundle {version}")
    return True
