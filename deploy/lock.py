"""Resolves and locks the program's packages for devices: python -m deploy.lock [TARGET…]

uv resolves, because pip would use the environment markers of its own Python; pip downloads, because
pip installs on the device; the lock holds what was downloaded.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

from deploy.targets import TARGETS, Target
from edge_app.errors import InputError
from edge_app.files import whole_file

ROOT = Path(__file__).parents[1]
EXTRA = "kiosk"


def main(argv: list[str] | None = None) -> int:
    """Writes one lock per target; returns 2 if one fails."""
    parser = argparse.ArgumentParser(prog="python -m deploy.lock", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--keep", type=Path, help="keep the wheels in this folder")
    args = parser.parse_args(argv)
    unknown = sorted(set(args.targets) - set(TARGETS))
    if unknown:
        parser.error(f"unknown target {unknown[0]}; choose from {', '.join(TARGETS)}")
    try:
        for name in args.targets or TARGETS:
            print(lock(TARGETS[name], args.keep))
    except InputError as exc:
        print(f"lock: {exc}", file=sys.stderr)
        return 2
    return 0


def lock(target: Target, keep: Path | None = None) -> str:
    """Resolves, downloads and writes the lock of one target; returns a line to print.

    Raises:
        InputError: a package has no version with a wheel for the target.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        requirements = Path(temporary) / "requirements.txt"
        requirements.write_text("".join(f"{pin}\n" for pin in resolve(target)))
        wheels = folder / target.name
        download(target, requirements, wheels)
        found = sorted(wheels.glob("*.whl"), key=lambda path: path.name.lower())
        with whole_file(target.lock) as part:
            part.write_text(_head(target) + "".join(map(_line, found)))
        size_mib = sum(path.stat().st_size for path in found) / 2**20
    return f"{target.lock.relative_to(ROOT)}: {len(found)} wheels, {size_mib:.0f} MiB"


def resolve(target: Target) -> list[str]:
    """`name==version` of every package, including pip."""
    said = _run(
        [
            *[sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-"],
            *["--quiet", "--extra", EXTRA, "--no-header", "--no-annotate", "--only-binary=:all:"],
            *["--python-version", target.python],
            *["--python-platform", f"{target.machine}-manylinux_2_{target.resolver_glibc}"],
        ],
        f"cannot resolve the packages of {target.name}",
        "pip\n",
    )
    return said.split()


def download(target: Target, requirements: Path, wheels: Path, hashes: bool = False) -> None:
    """Downloads the wheels of a list of pins with pip, for the target.

    Raises:
        InputError: a wheel is missing, or differs from the lock.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += [*target.pip_options, "--dest", str(wheels), "--requirement", str(requirements)]
    _run(command + ["--require-hashes"] * hashes, f"cannot get the wheels of {target.name}")


def _run(command: list[str], failing: str, given: str | None = None) -> str:
    done = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["no word"]
        raise InputError(f"{failing}: {errors[0]}")
    return done.stdout


def _head(target: Target) -> str:
    today = datetime.now(timezone.utc).date()
    return (
        f"# Python {target.python}, {target.machine}, glibc 2.{target.glibc} or later. "
        f"Resolved and downloaded on {today} by: python -m deploy.lock {target.name}\n"
    )


def _line(wheel: Path) -> str:
    name, version, *_ = wheel.name.split("-")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-').lower()}=={version} --hash=sha256:{digest}\n"


if __name__ == "__main__":
    sys.exit(main())
