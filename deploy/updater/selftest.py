"""A release proves itself before anything depends on it: doctor, the sample clip, the page."""

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
COUNTED_FPS = 10  # of the sample clip: enough for its count, and a Nano's CPU is done the sooner
SAMPLE = "from edge_app.kiosk.kiosk import sample_clip; print(sample_clip())"


def self_test(release: Path, about: dict[str, Any]) -> None:
    """As the app's own user, with a data folder that is thrown away.

    Raises:
        Refused: the release is not fit for this device.
    """
    folder = Path(tempfile.mkdtemp(prefix="edge-reps-test-"))
    try:
        shutil.chown(folder, USER, USER)
        _doctor(release, folder)
        clip = _reps(release, folder, ["-c", SAMPLE]).stdout.strip()
        cpuinfo = Path("/proc/cpuinfo")
        if cpuinfo.exists() and emulated(platform.machine(), cpuinfo.read_text()):
            print("  this processor is emulated, for a card: the sample clip is not counted here")
        else:
            _sample(release, folder, clip, about["sample"])
        _page(release, folder, clip, about["version"])
    finally:
        shutil.rmtree(folder)


def emulated(machine: str, cpuinfo: str) -> bool:
    """Whether an ARM system runs on a PC, as while its card is made: every frame takes seconds.

    Args:
        machine: what the system takes its processor for.
        cpuinfo: Linux's list, which is that of the real one; `vendor_id` is in a PC's alone.
    """
    return machine == "aarch64" and "vendor_id" in cpuinfo


def _reps(release: Path, folder: Path, args: list[str]) -> subprocess.CompletedProcess[str]:
    python = str(release / "venv" / "bin" / "python")
    try:
        return as_user([python, *args], env=_environment(folder), timeout=COUNT_S)
    except subprocess.TimeoutExpired:
        return refuse(f"the self-test does not end within {COUNT_S:.0f} s: {' '.join(args[:3])}")


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _problems(release: Path, folder: Path) -> dict[str, str]:
    """What `reps doctor` finds.

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
    """What the release before could not mend either does not stop an update.

    Where there is none, or it is so broken that it cannot say, only the network has to be sound.
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
        refuse(f"the sample clip cannot be counted: {last_line(done.stdout + done.stderr)}")
    counted = sum(rep["counted"] for rep in json.loads(result.read_text())["repetitions"])
    if counted != sample["count"]:
        wanted = f"the sample clip has {sample['count']} valid repetitions"
        refuse(f"{wanted}, and {counted} were counted")


def _page(release: Path, folder: Path, clip: str, version: str) -> None:
    python = str(release / "venv" / "bin" / "python")
    log = folder / "kiosk.log"
    # Bound until the end, so that nobody else is given the port; both sides let it be shared.
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
    """Whether loop and pages live, and are of this version."""
    try:
        for path in ("/healthz", "/"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).close()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=10) as answer:
            said = json.load(answer)["version"]
    except (urllib.error.URLError, OSError):
        return False
    if said != version:
        refuse(f"the page is of version {said}, the bundle of {version}")
    return True
