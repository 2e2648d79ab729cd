"""The program's needs from the system: its user, its folders, its units."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from updater.device import BEFORE, CURRENT, DATA, ETC, GUARD, OPT, RELEASES, USER, link, replace

SYSTEMD = Path("/etc/systemd")
UNITS = SYSTEMD / "system"
JETSON = Path("/etc/nv_tegra_release")
GROUPS = ("video", "render")  # cameras; GPUs, if there is such a group
STATION = """\
# This station. Every key is in docs/operate/settings.md; an unknown one is refused.
# station = "gym-1"          # its name in the results
# host = "0.0.0.0"           # opens the pages to the hall's network
# camera = "usb:"            # default: the first camera that is found
"""


def prepare(key: Path) -> None:
    """Makes user, folders, settings and the key that verifies later bundles."""
    if not _exists(USER):
        _run("useradd", "--system", "--user-group", "--home-dir", str(DATA), "--no-create-home",
             "--shell", "/usr/sbin/nologin", USER)  # fmt: skip
    for name in GROUPS:
        if _group(name) and USER not in grp.getgrnam(name).gr_mem:
            _run("usermod", "--append", "--groups", name, USER)
    entry = pwd.getpwnam(USER)
    for folder, mode in ((RELEASES, 0o755), (ETC, 0o755), (DATA, 0o700), (BEFORE, 0o700)):
        folder.mkdir(parents=True, exist_ok=True)
        _owned(folder, mode, *((entry.pw_uid, entry.pw_gid) if DATA in (folder, folder.parent)
                               else (0, 0)))  # fmt: skip
    if not (ETC / "station.toml").exists():
        replace(ETC / "station.toml", STATION, 0o640)
    _owned(ETC / "station.toml", 0o640, 0, entry.pw_gid)  # may hold a camera's password
    if not (ETC / "release.pub").exists():
        replace(ETC / "release.pub", key.read_text())


def put_guard(release: Path) -> None:
    """Copies the guard outside of the releases, only after its release has passed its trial."""
    replace(GUARD, (release / "guard.sh").read_text(), 0o755)


def link_units(release: Path) -> None:
    """Links units to `current`, so that they change with the release, by the same rename."""
    units = release / "units"
    for unit in sorted([*units.glob("*.service"), *units.glob("*.timer")]):
        target = str(CURRENT / "units" / unit.name)
        link(UNITS / unit.name, target)
        for wanted in re.findall(r"^WantedBy=(\S+)$", unit.read_text(), re.MULTILINE):
            wants = UNITS / f"{wanted}.wants"
            wants.mkdir(parents=True, exist_ok=True)
            link(wants / unit.name, target)
    if JETSON.exists():
        folder = UNITS / "edge-reps.service.d"
        folder.mkdir(exist_ok=True)
        link(folder / "jetson.conf", str(CURRENT / "units" / "edge-reps.service.d" / "jetson.conf"))
    for kind in ("journald", "system"):
        folder = SYSTEMD / f"{kind}.conf.d"
        folder.mkdir(parents=True, exist_ok=True)
        link(folder / "edge-reps.conf", str(CURRENT / "etc" / f"{kind}.conf"))
    for path, target in (
        ("/usr/local/bin/reps", CURRENT / "bin" / "reps"),
        ("/usr/local/sbin/edge-reps-update", CURRENT / "install.sh"),
    ):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        link(Path(path), str(target))


def unlink_lost() -> None:
    """Removes links to units that the release no longer has."""
    for path in [*UNITS.rglob("edge-reps*")]:
        if path.is_symlink() and not path.exists() and OPT in Path(os.readlink(path)).parents:
            path.unlink()


def hold_board_packages() -> None:
    """Holds NVIDIA's board packages: an `apt upgrade` of them has left Jetsons unbootable."""
    if not (JETSON.exists() and shutil.which("apt-mark")):
        return
    found = _said("dpkg-query", "-W", "-f", "${Package}\n", "nvidia-l4t-*").split()
    free = sorted(set(found) - set(_said("apt-mark", "showhold").split()))
    if free:
        _run("apt-mark", "hold", *free)


def _owned(path: Path, mode: int, uid: int, gid: int) -> None:
    there = path.stat()
    if (there.st_uid, there.st_gid) != (uid, gid):
        os.chown(path, uid, gid)
    if there.st_mode & 0o777 != mode:
        path.chmod(mode)


def _exists(user: str) -> bool:
    return any(entry.pw_name == user for entry in pwd.getpwall())


def _group(name: str) -> bool:
    return any(entry.gr_name == name for entry in grp.getgrall())


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _said(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.stdout
