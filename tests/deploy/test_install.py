"""The first install into a clean Debian, what is refused, and the way out again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import tarfile
from pathlib import Path
from typing import Callable

import pytest

from tests.deploy.systems import System, make_keys

Bundle = Callable[..., Path]
OURS = ("opt", "etc", "var/lib/edge-reps", "usr/local")


def _listing(root: Path) -> dict[str, tuple]:
    """Every path of what we touch: kind, owner, mode, time, and where it lies on the disk."""
    found = {}
    for top in OURS:
        for path in [root / top, *(root / top).rglob("*")]:
            there = path.lstat()
            when = 0 if stat.S_ISDIR(there.st_mode) else there.st_mtime_ns
            target = os.readlink(path) if path.is_symlink() else ""
            found[str(path)] = (there.st_mode, there.st_uid, there.st_ino, when, target)
    return found


def test_install_twice_and_uninstall(system: System, bundle: Bundle) -> None:
    clean = set(_listing_of_etc(system.root))
    first = system.install(bundle("1.0.0"))
    assert first.returncode == 0, first.stdout
    assert system.version == "1.0.0"
    installed = _listing(system.root)
    app = system.root / "opt/edge-reps/current"
    assert not any(path.endswith((".part", "incoming")) for path in installed)
    assert (system.root / "var/lib/edge-reps").stat().st_mode & 0o777 == 0o700
    assert _inside(system.root, "etc/systemd/system/edge-reps.service").is_file(), app

    second = system.install(bundle("1.0.0"))
    assert (second.returncode, second.stdout.splitlines()[-1]) == (
        0, "edge-reps 1.0.0 is already installed: nothing to do",
    )  # fmt: skip
    assert _listing(system.root) == installed

    away = system.run("sh", "/opt/edge-reps/current/install.sh", "--uninstall")
    assert away.returncode == 0, away.stdout
    kept = {"passwd", "group", "shadow", "gshadow", "edge-reps", "passwd-", "group-", "shadow-",
            "gshadow-", "subuid", "subgid", "subuid-", "subgid-", ".pwd.lock"}  # fmt: skip
    left = {p for p in _listing_of_etc(system.root) - clean if Path(p).parts[0] not in kept}
    assert left - {"systemd/journald.conf.d", "systemd/system.conf.d"} == set()
    assert not (system.root / "opt/edge-reps").exists()
    assert (system.root / "var/lib/edge-reps").is_dir(), "results are kept"


def _listing_of_etc(root: Path) -> set[str]:
    return {str(p.relative_to(root / "etc")) for p in (root / "etc").rglob("*")}


def _inside(root: Path, name: str) -> Path:
    """Where a link leads, if the root were /."""
    path = root / name
    while path.is_symlink():
        target = os.readlink(path)
        path = root / target[1:] if target.startswith("/") else path.parent / target
        parts = path.relative_to(root).parts
        for i in range(1, len(parts)):  # a link on the way
            folder = root.joinpath(*parts[:i])
            if folder.is_symlink():
                path = folder.parent / os.readlink(folder) / Path(*parts[i:])
    return path


def test_a_dry_run_says_and_does_nothing(system: System, bundle: Bundle) -> None:
    before = _listing_of_etc(system.root)
    done = system.install(bundle("1.0.0"), "--dry-run")
    assert done.returncode == 0
    assert "would install edge-reps 1.0.0 for the first time, with python3.11" in done.stdout
    assert _listing_of_etc(system.root) == before
    assert not (system.root / "opt/edge-reps").exists()
    assert list((system.root / "var/tmp").iterdir()) == []


def _unsigned(good: Path, bad: Path) -> None:
    with tarfile.open(good) as source, tarfile.open(bad, "w") as out:
        for entry in source:
            if entry.name != "SHA256SUMS.sig":
                out.addfile(entry, source.extractfile(entry))


def _changed(good: Path, bad: Path) -> None:
    data = good.read_bytes()
    at = data.index(b"def apply(")
    bad.write_bytes(data[:at] + b"def APPLY(" + data[at + 10 :])


def _cut(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes()[: good.stat().st_size * 2 // 3])


def _more(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes())
    with tarfile.open(bad, "a") as out:
        out.add(__file__, "updater/more.py")


def _twice(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes())
    with tarfile.open(bad, "a") as out:
        out.add(__file__, "updater/apply.py")


def _link(good: Path, bad: Path) -> None:
    with tarfile.open(good) as source, tarfile.open(bad, "w") as out:
        for entry in source:
            if entry.name == "guard.sh":
                entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, "/etc/passwd", 0
                out.addfile(entry)
            else:
                out.addfile(entry, source.extractfile(entry))


def _empty(good: Path, bad: Path) -> None:
    bad.touch()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_unsigned, "is not signed"),
        (_changed, "is damaged"),
        (_cut, "is not a bundle, or incomplete"),
        (_more, "contains more than was signed"),
        (_twice, "contains more than was signed"),
        (_link, "contains more than plain files"),
        (_empty, "is not a bundle, or incomplete"),
    ],
)
def test_a_bundle_that_is_not_whole_is_refused(
    harm: Callable[[Path, Path], None], said: str, system: System, bundle: Bundle, tmp_path: Path
) -> None:
    good = bundle("1.0.0")
    bad = tmp_path / "edge-reps-1.0.0.tar"
    (tmp_path / "install.sh").write_bytes(good.with_name("install.sh").read_bytes())
    harm(good, bad)
    done = system.install(bad)
    assert done.returncode == 2
    assert said in done.stdout and len(done.stdout.splitlines()) == 1
    assert not (system.root / "opt/edge-reps/releases").exists()
    assert not (system.root / "etc/edge-reps").exists()


def test_another_key_is_refused(system: System, bundle: Bundle, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    make_keys(other)
    done = system.install(bundle("1.0.0"), key=other / "release.pub")
    assert done.returncode == 2
    assert "is not signed by the owner of" in done.stdout

    assert system.install(bundle("1.0.0")).returncode == 0
    done = system.install(bundle("1.1.0"), key=other / "release.pub")
    assert done.returncode == 2
    assert "which differs from" in done.stdout
    assert system.version == "1.0.0"


@pytest.mark.parametrize(
    ("does", "said"),
    [("is ill", "reps doctor finds a problem: model: it is broken"),
     ("miscounts", "the sample clip has 10 valid repetitions, and 9 were counted")],
)  # fmt: skip
def test_a_release_that_fails_its_own_test_is_not_switched_to(
    does: str, said: str, system: System, bundle: Bundle
) -> None:
    done = system.install(bundle("1.0.0", does))
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == f"edge-reps: {said}"
    assert system.version == ""


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--nonsense"], "unknown option --nonsense"),
        ([], "give one bundle"),
        (["nowhere.tar"], "no such file: nowhere.tar"),
        (["--return"], "Edge Reps is not installed"),
        (["--return", "x.tar"], "--return does not take a bundle"),
    ],
)
def test_wrong_use_gets_one_sentence(
    args: list[str], said: str, system: System, bundle: Bundle
) -> None:
    script = bundle("1.0.0").with_name("install.sh")
    (system.root / "tmp/install.sh").write_bytes(script.read_bytes())
    done = system.run("sh", "/tmp/install.sh", *args)
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 1)
    assert said in done.stdout


def test_of_a_folder_the_newest_bundle_is_taken(system: System, bundle: Bundle) -> None:
    """Whatever the folders on the stick are called."""
    for version, folder in (("1.0.1", "old"), ("1.10.0", ""), ("1.9.0", "zoo")):
        there = system.root / "media" / folder
        there.mkdir(exist_ok=True)
        shutil.copy(bundle(version), there)
    script = bundle("1.9.0").with_name("install.sh")
    (system.root / "tmp/install.sh").write_bytes(script.read_bytes())
    shutil.copy(system.keys / "release.pub", system.root / "tmp/release.pub")
    options = ["--dry-run", "--key", "/tmp/release.pub", "/media"]
    assert "would install edge-reps 1.10.0" in system.run("sh", "/tmp/install.sh", *options).stdout


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_finds_nothing_left(
    number: int, system: System, bundle: Bundle, tmp_path: Path
) -> None:
    script = bundle("1.0.0").with_name("install.sh")
    (system.root / "tmp/install.sh").write_bytes(script.read_bytes())
    (system.root / "tmp/release.pub").touch()
    with socket.create_server(("127.0.0.1", 0)) as server:  # listens, and never answers
        url = f"http://127.0.0.1:{server.getsockname()[1]}/edge-reps-1.0.0.tar"
        command = ["sh", "/tmp/install.sh", "--dry-run", "--key", "/tmp/release.pub", url]
        # Whoever runs the tests in the background has SIGINT ignored, and so would the script.
        process = subprocess.Popen(
            ["env", "--default-signal=INT", "chroot", str(system.root), *command],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        server.settimeout(60)
        with server.accept()[0]:
            assert list((system.root / "var/tmp").iterdir()) != []
            os.killpg(process.pid, number)
            assert process.wait(timeout=60) == 128 + number
    assert list((system.root / "var/tmp").iterdir()) == []


def test_a_release_that_no_longer_runs_can_be_replaced(system: System, bundle: Bundle) -> None:
    assert system.install(bundle("1.0.0")).returncode == 0
    release = system.root / "opt/edge-reps/releases/1.0.0"
    (cli,) = release.glob("venv/lib/python3*/site-packages/edge_app/cli/__main__.py")
    cli.write_text("raise ImportError('a file is damaged')\n")
    done = system.install(bundle("1.1.0"))
    assert (done.returncode, system.version) == (0, "1.1.0"), done.stdout


@pytest.mark.parametrize("trial", ["", "1.0.0 0.9.0 0\n"], ids=["empty", "cannot be written"])
def test_the_guard_never_keeps_the_app_from_starting(
    trial: str, system: System, bundle: Bundle
) -> None:
    assert system.install(bundle("1.0.0")).returncode == 0
    opt = system.root / "opt/edge-reps"
    (opt / "trial").write_text(trial)
    (opt / "trial.part").mkdir()  # as on a disk that is full
    done = system.run("/opt/edge-reps/guard.sh", "start")
    assert done.returncode == 0, done.stdout
    assert ("cannot record this start of edge-reps 1.0.0" in done.stdout) == bool(trial)
    assert (opt / "trial").exists() == bool(trial)


def test_without_a_key_or_python_or_root(system: System, bundle: Bundle, tmp_path: Path) -> None:
    good = bundle("1.0.0")
    (system.root / "tmp/b.tar").write_bytes(good.read_bytes())
    (system.root / "tmp/install.sh").write_bytes(good.with_name("install.sh").read_bytes())
    done = system.run("sh", "/tmp/install.sh", "/tmp/b.tar")
    assert "the first install needs the public key" in done.stdout
    (system.root / "usr/bin/python3.11").rename(system.root / "usr/bin/elsewhere")
    done = system.install(good)
    assert "the bundle is for cp311-" in done.stdout and "has none of them" in done.stdout
    nobody = ["setpriv", "--reuid=65534", "--clear-groups", "sh", "/tmp/install.sh", "x"]
    assert "must run as root" in system.run(*nobody).stdout


def test_a_bundle_has_the_same_bytes_whenever_it_is_made(bundle: Bundle, tmp_path: Path) -> None:
    with tarfile.open(bundle("1.0.0")) as tar:
        assert {(e.mtime, e.uid, e.gid, e.mode & ~0o111) for e in tar} == {(0, 0, 0, 0o644)}
    subprocess.run(["tar", "-tf", str(bundle("1.0.0"))], check=True, stdout=subprocess.DEVNULL)
