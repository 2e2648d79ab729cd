"""Systems to install into: a chroot over a clean tree, and the same one booted by systemd."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Callable, Iterator

NEEDS = ("python3", "signify-openbsd", "systemd-sysv", "dbus")
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "signify-openbsd": "signify-openbsd",
    "systemd-nspawn": "systemd-container",
    "nsenter": "util-linux",
}
BOOT_S = 120.0
LOOK_S = 0.2


def missing() -> str:
    """Why there can be no system here; "" if there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "needs root, for a chroot"
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            return f"needs {tool}: apt install {package}"
    return ""


def make_keys(folder: Path) -> None:
    """signify's, without a passphrase."""
    command = ["signify-openbsd", "-G", "-n", "-p", "release.pub", "-s", "release.sec"]
    subprocess.run(command, cwd=folder, check=True)


def until(true: Callable[[], bool], within_s: float = BOOT_S) -> bool:
    """Whether it became true in time."""
    end_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end_s:
            return False
        time.sleep(LOOK_S)
    return True


def _first_process(shell: int) -> int:
    """The one that is number 1 inside, by its number outside; 0 as long as there is none."""
    for child in Path(f"/proc/{shell}/task/{shell}/children").read_text().split():
        try:
            status = Path(f"/proc/{child}/status").read_text()
        except OSError:
            continue  # it only made the one we look for
        if status.startswith("Name:\tsystemd\n") and re.search(r"^NSpid:.*\t1$", status, re.M):
            return int(child)
    return 0


@contextmanager
def _own_cgroup() -> Iterator[list[str]]:
    """What starts a command in a cgroup of its own: systems side by side would share theirs."""
    mounts = re.findall(
        r"^\S+ (\S+) (?:cgroup2|cgroup \S*name=systemd)", Path("/proc/mounts").read_text(), re.M
    )
    folders = [Path(mount) / f"edge-reps-{uuid.uuid4().hex[:8]}" for mount in mounts]
    for folder in folders:
        folder.mkdir()

    enter = "".join(f"echo $$ >{folder}/cgroup.procs; " for folder in folders)
    try:
        yield ["sh", "-c", f'{enter}exec "$@"', "sh"]
    finally:
        for folder in folders:
            for path in sorted(folder.rglob("*"), reverse=True):
                until(lambda path=path: not path.is_dir() or _gone(path), 5.0)
            until(lambda folder=folder: _gone(folder), 5.0)


def _gone(cgroup: Path) -> bool:
    """Whether the cgroup could be removed: its processes may need a moment to die."""
    try:
        cgroup.rmdir()
    except OSError:
        return False
    return True


class System:
    """A copy of a tree that costs nothing: an overlay, which ends with the test.

    Attributes:
        root: of its file system.
        keys: the folder of the keys that sign its bundles.
    """

    def __init__(self, tree: Path, scratch: Path, keys: Path) -> None:
        self.root, self._scratch, self.keys = scratch / "root", scratch, keys
        layers = [scratch / "upper", scratch / "work", self.root]
        for folder in layers:
            folder.mkdir()
        options = f"lowerdir={tree},upperdir={layers[0]},workdir={layers[1]}"
        command = ["mount", "-t", "overlay", "overlay", "-o", options, str(self.root)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            self.root.rmdir()  # a kernel without overlays
            subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(self.root)], check=True)
        self._leader = 0

    def __enter__(self) -> System:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        subprocess.run(["umount", "-l", str(self.root)], capture_output=True, check=False)

    def install(
        self, bundle: Path, *options: str, fault: str = "", key: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """install.sh from outside, as an operator makes a card."""
        script = bundle.with_name("install.sh")
        key = key or self.keys / "release.pub"
        return self._run(
            ["sh", str(script), "--root", str(self.root), "--key", str(key), *options, str(bundle)],
            fault,
        )

    def update(self, bundle: Path, fault: str = "") -> subprocess.CompletedProcess[str]:
        """edge-reps-update from inside, as a teacher with a stick."""
        stick = self.root / "media"
        shutil.copy(bundle, stick / bundle.name)
        return self.run("/usr/local/sbin/edge-reps-update", f"/media/{bundle.name}", fault=fault)

    def run(self, *command: str, fault: str = "") -> subprocess.CompletedProcess[str]:
        """A command inside, by root."""
        enter = ["nsenter", "--target", str(self._leader), "--all"]
        return self._run(
            [*(enter if self._leader else ["chroot", str(self.root)]), *command], fault
        )

    def _run(self, command: list[str], fault: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
        if fault:
            environment["EDGE_REPS_FAULT"] = fault
        return subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def version(self) -> str:
        """That starts now, or ""."""
        link = self.root / "opt/edge-reps/current"
        return Path(os.readlink(link)).name if link.is_symlink() else ""

    @contextmanager
    def booted(self) -> Iterator[None]:
        """With systemd as its first process; in the end the power is cut."""
        with (self._scratch / "boot.log").open("w") as log, _own_cgroup() as enter:
            shell = subprocess.Popen(
                [*enter, "systemd-nspawn", "--quiet", "--register=no", "--keep-unit",
                 "--private-network", "--console=pipe", "--directory", str(self.root), "--boot"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                assert until(lambda: _first_process(shell.pid) > 0)
                self._leader = _first_process(shell.pid)
                assert until(self._up), (self._scratch / "boot.log").read_text()
                yield
            finally:
                if self._leader:
                    os.kill(self._leader, signal.SIGKILL)  # takes everything inside with it
                self._leader = 0
                shell.kill()
                shell.wait()

    def _up(self) -> bool:
        said = self.run("systemctl", "show", "--property=Version").stdout
        return said.startswith("Version=")

    def shows(self, unit: str, what: str) -> str:
        """A property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={what}", unit).stdout.strip()

    def is_up(self) -> bool:
        """Whether the app has said that its page answers."""
        return self.shows("edge-reps.service", "ActiveState") == "active"
