"""A release on the disk: its own Python environment from the bundle's wheels, without a network."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from updater.device import (
    CURRENT,
    RELEASES,
    is_whole,
    last_line,
    point,
    refuse,
    release_of,
    remove,
    sync_folder,
)

PARTS = ("bin", "etc", "units", "updater", "install.sh", "guard.sh")
ROOM = 5  # space for a release, as a multiple of its wheels, with a margin


def read_bundle(bundle: Path) -> dict[str, Any]:
    """The manifest, and the hash of everything signed."""
    about: dict[str, Any] = json.loads((bundle / "manifest.json").read_text())
    about["bundle"] = hashlib.sha256((bundle / "SHA256SUMS").read_bytes()).hexdigest()
    return about


def sweep() -> None:
    """Deletes every release but the current one, and what interrupted updates left."""
    keep = os.readlink(CURRENT).split("/")[-1] if CURRENT.is_symlink() else None
    for path in RELEASES.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path)
        elif path.name != keep:
            remove(path)


def make_release(bundle: Path, about: dict[str, Any], python: str) -> Path:
    """Makes `releases/VERSION`, completely or not at all.

    Raises:
        Refused: the disk is too small, or the wheels do not fit this system.
    """
    version = about["version"]
    release = RELEASES / version
    if is_whole(release) and release_of(version)["bundle"] == about["bundle"]:
        return release  # an interrupted update got this far
    lock = (
        bundle / "locks" / f"cp{python[len('python') :].replace('.', '')}-{platform.machine()}.txt"
    )
    _check_room(bundle, lock)
    sweep()
    part = RELEASES / f".{version}.part"
    part.mkdir()
    _environment(part / "venv", bundle, lock, python)
    for name in PARTS:
        source = bundle / name
        if source.is_dir():
            shutil.copytree(source, part / name)
        else:
            shutil.copy2(source, part / name)
    (part / "release.json").write_text(json.dumps({**about, "python": python}, indent=1) + "\n")
    point("built")
    os.sync()  # before the name that marks it complete
    os.replace(part, release)
    sync_folder(RELEASES)
    return release


def _check_room(bundle: Path, lock: Path) -> None:
    named = set(re.findall(r"sha256:([0-9a-f]{64})", lock.read_text()))
    listed = re.findall(r"^([0-9a-f]{64})  (wheels/.+)$", (bundle / "SHA256SUMS").read_text(), re.M)
    size = sum((bundle / name).stat().st_size for digest, name in listed if digest in named)
    free = shutil.disk_usage(RELEASES).free
    if free < ROOM * size:
        refuse(f"the disk has {free >> 20} MiB free, but the release needs {ROOM * size >> 20} MiB")


def _environment(venv: Path, bundle: Path, lock: Path, python: str) -> None:
    """Makes a relocatable virtual environment: nothing in it contains its path."""
    _run([python, "-I", "-m", "venv", "--without-pip", str(venv)])
    pip = next((bundle / "wheels").glob(f"{_pip(lock)}-*.whl"))
    wheels = str(bundle / "wheels")
    _run([
        str(venv / "bin" / "python"), "-I", f"{pip}/pip", "install", "--quiet", "--no-index",
        "--find-links", wheels, "--require-hashes", "--no-deps", "--no-cache-dir", "--no-input",
        "--disable-pip-version-check", "--requirement", str(lock),
    ])  # fmt: skip
    for script in (venv / "bin").iterdir():
        if not script.name.startswith("python"):
            script.unlink()  # their first lines contain a path


def _pip(lock: Path) -> str:
    """The pip for this Python: `pip-25.0.1`, named in the lock's first lines."""
    for line in lock.read_text().splitlines():
        if line.startswith("# pip "):
            return "pip-" + line.split()[2]
    return refuse(f"{lock.name} names no pip")


def _run(command: list[str]) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        refuse(f"cannot make the release: {last_line(done.stdout)}")
