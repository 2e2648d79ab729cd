"""The layout of a device, and changes that the power may cut short.

A path gets new content by a rename of a finished one, and everything is on the disk before.
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
    """Nothing was done, or it was taken back; the text is one sentence."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Trial:
    """A release that was switched to and has not proved itself yet."""

    new: str
    old: str
    starts: int = 0


def point(name: str) -> None:
    """A place where tests cut the power."""
    if os.environ.get(FAULT) == name:
        if os.geteuid() == 0:
            os.kill(os.getppid(), signal.SIGKILL)  # install.sh must not tidy up after us
        os.kill(os.getpid(), signal.SIGKILL)


def current() -> str | None:
    """The version that starts now."""
    return os.path.basename(os.readlink(CURRENT)) if CURRENT.is_symlink() else None


def release_of(version: str) -> dict[str, Any]:
    """What is known of a whole release."""
    about: dict[str, Any] = json.loads((RELEASES / version / "release.json").read_text())
    return about


def read_trial() -> Trial | None:
    """The trial under way; one whose switch never came to be is none."""
    if not TRIAL.is_file():
        return None
    new, old, starts = TRIAL.read_text().split()
    return Trial(new, old, int(starts)) if current() == new else None


def write_trial(trial: Trial) -> None:
    """Takes the place of an older one."""
    replace(TRIAL, f"{trial.new} {trial.old} {trial.starts}\n")


def replace(path: Path, text: str, mode: int = 0o644) -> None:
    """A whole file or the one before; left alone if it is the same."""
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
    """A symbolic link, changed by one rename; left alone if it is the same."""
    if path.is_symlink() and os.readlink(path) == target:
        return
    part = path.with_name(path.name + ".part")
    part.unlink() if part.is_symlink() else None
    part.symlink_to(target)
    os.replace(part, path)
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """A release. Its own word that it is whole goes first; a rename would not do on an overlay."""
    mark = path / "release.json"
    mark.unlink() if mark.exists() else None
    shutil.rmtree(path)


def is_whole(release: Path) -> bool:
    """Whether it was made to the end and is not being removed."""
    return (release / "release.json").is_file()


def sync_folder(path: Path) -> None:
    """Makes renames in a folder last."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def booted() -> bool:
    """Whether systemd runs here; it does not in a chroot, in which an image is made."""
    return Path("/run/systemd/system").is_dir()


def systemctl(*args: str) -> None:
    """Nothing without systemd: what is said then is true at the next boot anyway."""
    if booted():
        subprocess.run(["systemctl", *args], check=True)


def as_user(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs something as the app's own user, and catches answer and complaints apart.

    Libraries warn on the second: onnxruntime of every processor that it does not know.
    """
    return subprocess.run(
        [*DROP, *command], capture_output=True, text=True, check=False, cwd="/", **options
    )


def start_current() -> None:
    """Starts the app anew, of the release that the link names."""
    systemctl("daemon-reload")
    systemctl("restart", "--no-block", "edge-reps.service")


def last_line(text: str) -> str:
    """The one in which a tool says why."""
    return (text.strip().splitlines() or ["no word"])[-1]


def refuse(sentence: str, code: int = 2) -> NoReturn:
    """Ends with one sentence.

    Raises:
        Refused: always.
    """
    raise Refused(sentence, code)
