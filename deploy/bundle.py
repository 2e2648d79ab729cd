"""One file that installs the program on a device without a network.

    signify-openbsd -G -n -p release.pub -s release.sec
    python -m deploy.bundle --key release.sec --out dist --target cp38-aarch64

The tar holds the wheels of each target, including our own, their locks, the units, the updater,
install.sh, a checksum of every file and a signature of the checksums.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from deploy.lock import ROOT, download
from deploy.targets import TARGETS, Target
from edge_app.errors import InputError
from edge_app.files import whole_file

SIGNIFY = "signify-openbsd"  # Debian's and Ubuntu's name for it
FOLDERS = ("bin", "etc", "units", "updater")  # of deploy/, as they are
FILES = ("install.sh", "guard.sh")
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
# What the self-test must count on the device; the program's tests check the same number.
SAMPLE = {"exercise": "sit-up", "count": 10}  # of twelve: two are faulty and must not count


def main(argv: list[str] | None = None) -> int:
    """Builds the bundle and prints its path; returns 2 if it cannot be built."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.bundle", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--key", type=Path, required=True, help="signify's secret key")
    parser.add_argument("--out", type=Path, required=True, help="folder for the bundle")
    parser.add_argument(
        "--target", action="append", required=True, choices=TARGETS, metavar="TARGET",
        help=f"target, may be repeated: {', '.join(TARGETS)}",
    )  # fmt: skip
    parser.add_argument(
        "--source", type=Path, default=ROOT, help="pack the program of another checkout"
    )
    parser.add_argument(
        "--debs", type=Path,
        help="folder CODENAME-ARCH of .deb files for a first install, such as Python 3.8",
    )  # fmt: skip
    args = parser.parse_args(argv)
    try:
        targets = [TARGETS[name] for name in args.target]
        path = build(args.source, targets, args.key, args.out, args.debs)
    except (InputError, OSError) as exc:
        print(f"bundle: {exc}", file=sys.stderr)
        return 2
    print(f"{path}: {path.stat().st_size / 2**20:.0f} MiB")
    print(f"{path.with_name('install.sh')}: keep it with the bundle")
    return 0


def build(
    source: Path, targets: list[Target], key: Path, out: Path, debs: Path | None = None
) -> Path:
    """Writes `out/edge-reps-VERSION.tar`, and install.sh beside it.

    Args:
        source: the checkout whose `edge_app` is packed.
        targets: for which wheels are packed.
        key: signify's secret key.
        out: folder, made if necessary.
        debs: folders of Debian packages, or None.

    Raises:
        InputError: a wheel differs from the lock, or a tool fails.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".bundle-") as temporary:
        tree = Path(temporary)
        own = _own_wheel(source, tree / "wheels")
        version = own.name.split("-")[1]
        (tree / "locks").mkdir()
        for target in targets:
            download(target, target.lock, tree / "wheels", hashes=True)
            lock = _without_pip(target.lock.read_text())
            lock += f"edge-reps=={version} --hash=sha256:{_sha256(own)}\n"
            (tree / "locks" / target.lock.name).write_text(lock)
        for name in FOLDERS:
            ignore = shutil.ignore_patterns("__pycache__", "__init__.py")
            shutil.copytree(ROOT / "deploy" / name, tree / name, ignore=ignore)
        (tree / "updater" / "__init__.py").touch()
        for name in FILES:
            shutil.copy(ROOT / "deploy" / name, tree / name)
        if debs:
            shutil.copytree(debs, tree / "debs")
        about = {"version": version, "sample": SAMPLE}
        (tree / "manifest.json").write_text(json.dumps(about, indent=1) + "\n")
        return pack(tree, version, key, out)


def pack(tree: Path, version: str, key: Path, out: Path) -> Path:
    """Sums, signs and packs a folder.

    Raises:
        InputError: the key is invalid.
    """
    files = sorted(p.relative_to(tree).as_posix() for p in tree.rglob("*") if p.is_file())
    odd = [name for name in files if not re.fullmatch(r"[\w.+!~%/-]+", name, re.ASCII)]
    if odd:
        raise InputError(f"a bundle's files must have plain names, not {odd[0]!r}")
    sums = "".join(f"{_sha256(tree / name)}  {name}\n" for name in files)
    (tree / SUMS).write_text(sums)
    _run(
        [SIGNIFY, "-S", "-s", str(key.resolve()), "-m", SUMS, "-x", SIGNATURE], tree,
        f"cannot sign with {key}",
    )  # fmt: skip
    path = out / f"edge-reps-{version}.tar"
    with whole_file(path) as part, tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in [SUMS, SIGNATURE, *files]:
            tar.add(tree / name, name, filter=_plain)
    with whole_file(out / "install.sh") as part:
        shutil.copy(tree / "install.sh", part)
    return path


def _without_pip(lock: str) -> str:
    """pip installs the rest and stays out of the release; the first line names its version."""
    pins = lock.splitlines(keepends=True)
    pip = next(pin for pin in pins if pin.startswith("pip=="))
    version = pip.split()[0].partition("==")[2]
    return f"# pip {version}\n" + "".join(pin for pin in pins if pin != pip)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Packs a tar reproducibly: the same bytes at any time and for any user."""
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "root", "root"
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry


def _own_wheel(source: Path, wheels: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    _run(
        [*command, "--wheel-dir", str(wheels), str(source)],
        ROOT,
        f"cannot build a wheel from {source}",
    )
    return next(wheels.glob("edge_reps-*.whl"))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _run(command: list[str], folder: Path, failing: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as exc:
        raise InputError(f"{command[0]} is missing: apt install {command[0]}") from exc
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no word"]
        raise InputError(f"{failing}: {last[0].strip()}")


if __name__ == "__main__":
    sys.exit(main())
