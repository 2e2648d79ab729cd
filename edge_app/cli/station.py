"""`reps station`: checks a station file on a PC and applies it on the device."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

import tomlkit.exceptions

from edge_app.device.station_file import (
    SETTINGS,
    StationFile,
    SystemFile,
    gone,
    read_station,
    system_files,
)
from edge_app.errors import InputError
from edge_app.files import whole_file

GROUP = "edge-reps"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps station`."""
    actions = parser.add_subparsers(dest="action", required=True)
    for name, said in (
        ("check", "check a station file"),
        ("apply", "apply a station file to this device, as root"),
    ):
        action = actions.add_parser(name, help=said)
        action.add_argument("file", type=Path, help="edge-reps.toml")
        action.add_argument("--root", type=Path, default=Path("/"), help="root of another system")


def execute(args: argparse.Namespace) -> int:
    """Checks the file and, for `apply`, writes the system's files."""
    station = read_station(args.file)
    _check_zone(station, args.root)
    if args.action == "check":
        print(f"{args.file}: {station.name}, no faults found")
        return 0
    changed = apply(station, args.root)
    print(f"{station.name}: " + (", ".join(changed) or "nothing to change"))
    return 0


def apply(station: StationFile, root: Path) -> list[str]:
    """Writes each file completely or not at all; returns the changed paths.

    Raises:
        InputError: a file cannot be read or written.
    """
    try:
        settings_path, hosts = root / SETTINGS, root / "etc/hosts"
        settings = settings_path.read_text("utf-8") if settings_path.is_file() else ""
        text = hosts.read_text("utf-8") if hosts.is_file() else ""
        changed = [f.path for f in system_files(station, settings, text) if _write(root, f)]
        for path in gone(station):
            if (root / path).is_file():
                (root / path).unlink()
                changed.append(path)
        if station.timezone and _link(root / "etc/localtime", station.timezone):
            changed.append("etc/localtime")
    except (OSError, tomlkit.exceptions.ParseError, UnicodeDecodeError) as exc:
        raise InputError(f"cannot apply the station file: {exc}") from exc
    return changed


def _check_zone(station: StationFile, root: Path) -> None:
    zones = root / "usr/share/zoneinfo"
    if station.timezone and zones.is_dir() and not (zones / station.timezone).is_file():
        raise InputError(f"no such time zone: {station.timezone}")


def _write(root: Path, file: SystemFile) -> bool:
    path = root / file.path
    mode = 0o600 if file.secret else 0o644
    own = file.secret and file.path.startswith("etc/edge-reps/")
    if path.is_file() and path.read_text("utf-8") == file.text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as beside:
        os.chmod(beside, 0o640 if own else mode)
        if own and os.geteuid() == 0 and _known(root):
            shutil.chown(beside, group=GROUP)
        beside.write_text(file.text, encoding="utf-8")
    return True


def _known(root: Path) -> bool:
    """Whether the program's group exists here; another root has its own ids."""
    if root != Path("/"):
        return False
    lines = Path("/etc/group").read_text().splitlines()
    return any(line.startswith(f"{GROUP}:") for line in lines)


def _link(path: Path, zone: str) -> bool:
    wanted = f"/usr/share/zoneinfo/{zone}"
    if path.is_symlink() and os.readlink(path) == wanted:
        return False
    beside = path.with_name(".localtime.part")
    beside.unlink(missing_ok=True)
    beside.symlink_to(wanted)
    os.replace(beside, path)
    return True
