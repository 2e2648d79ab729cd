"""The layout of a device, and changes that survive a power cut.

A path gets new content by renaming a finished file, and only after everything is synced.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

USER = "edge-reps"
OPT = Path("/opt/edge-reps")
RELEASES = OPT / "releases"
CURRENT = OPT / "current"  # a link to releases/VERSION
TRIAL = OPT / "trial"  # guard.sh reads and writes it, too
GUARD = OPT / "guard.sh"
ETC = Path("/etc/edge-reps")
DATA = Path("/var/lib/edge-reps")
LEDGER = DATA / "ledger.sqlite"
BEFORE = DATA / "before"  # ledgers as they were before an update
DROP = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "--")
FAULT = "EDGE_REPS_FAULT"  # tests: the power is cut at this point


class Refused(Exception):
    """Nothing was changed, or it was rolled back; the text is one sentence."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Trial:
    """A release that was switched to and is still on trial."""

    new: str
    old: str
    starts: int = 0


def point(name: str) -> None:
    """A point where tests cut the power."""
    if os.environ.get(FAULT) == name:
        if os.geteuid() == 0:
            os.kill(os.getppid(), signal.SIGKILL)  # install.sh must not clean up after us
        os.kill(os.getpid(), signal.SIGKILL)


def current() -> str | None:
    """The version that starts now."""
    return os.path.basename(os.readlink(CURRENT)) if CURRENT.is_symlink() else None


def release_of(version: str) -> dict[str, Any]:
    """The record of a complete release."""
    about: dict[str, Any] = json.loads((RELEASES / version / "release.json").read_text())
    return about


def read_trial() -> Trial | None:
    """The current trial; None if its switch never happened."""
    if not TRIAL.is_file():
        return None
    new, old, starts = TRIAL.read_text().split()
    return Trial(new, old, int(starts)) if current() == new else None


def write_trial(trial: Trial) -> None:
    """Replaces an older trial."""
    replace(TRIAL, f"{trial.new} {trial.old} {trial.starts}\n")


def replace(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file atomically; leaves an identical one untouched."""
    if path.is_file() and path.read_text() == text and path.stat().st_mode & 0o777 == mode:
        return
    part = path.with_name(path.name + ".part")
    with part.open("w") as out:
        out.write(text)
        out.flush()
        os.fchmod(out.fileno(), mode)
        os.fsync(out.fileno())
    os.replace(part, path)
    sync_folder(path.parent)


def link(path: Path, target: str) -> None:
    """Sets a symbolic link by one rename; leaves an identical one untouched."""
    if path.is_symlink() and os.readlink(path) == target:
        return
    part = path.with_name(path.name + ".part")
    part.unlink() if part.is_symlink() else None
    part.symlink_to(target)
    os.replace(part, path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Removes a release, its completeness mark first; a rename would not work on an overlay."""
    mark = path / "release.json"
    mark.unlink() if mark.exists() else None
    shutil.rmtree(path)


def is_whole(release: Path) -> bool:
    """Whether it was completed and is not being removed."""
    return (release / "release.json").is_file()


def sync_folder(path: Path) -> None:
    """Syncs renames in a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def booted() -> bool:
    """Whether systemd is running; it is not in a chroot, in which an image is made."""
    return Path("/run/systemd/system").is_dir()


def systemctl(*args: str) -> None:
    """Runs systemctl; does nothing without systemd, since the next boot applies the change."""
    if booted():
        subprocess.run(["systemctl", *args], check=True)


def as_user(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs a command as the app's own user, with separate standard output and error.

    Libraries print warnings to the second: onnxruntime for every unknown processor.
    """
    return subprocess.run(
        [*DROP, *command], capture_output=True, text=True, check=False, cwd="/", **options
    )


def start_current() -> None:
    """Restarts the app, from the release that the link names."""
    systemctl("daemon-reload")
    systemctl("restart", "--no-block", "edge-reps.service")


def last_line(text: str) -> str:
    """The last line of a tool's output, which gives the reason."""
    return (text.strip().splitlines() or ["no word"])[-1]


def refuse(sentence: str, code: int = 2) -> NoReturn:
    """Fails with one sentence.

    Raises:
        Refused: always.
    """
    raise Refused(sentence, code)
