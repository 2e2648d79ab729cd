"""The real bundle, on a clean Debian: built, installed, started by systemd, counted, updated."""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
from pathlib import Path
from typing import Callable

import pytest

from deploy.bundle import SAMPLE, build
from deploy.targets import TARGETS
from edge_app import __version__
from edge_app.errors import InputError
from tests.deploy.light import ROOT
from tests.deploy.systems import System, until

NEXT = "99.0.0"
CLIP = "from edge_app.kiosk.kiosk import sample_clip; print(sample_clip())"
ASK = "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8080{}').read().decode())"


@pytest.fixture(scope="module")
def next_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same program under another version."""
    source = tmp_path_factory.mktemp("next")
    for name in ("edge_app", "models/weights", "tests/data"):
        ignore = shutil.ignore_patterns("__pycache__", "history", "*.pt")
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    about = source / "edge_app" / "__init__.py"
    about.write_text(about.read_text().replace(f'"{__version__}"', f'"{NEXT}"'))
    return source


@pytest.fixture(scope="module")
def bundles(
    debian: Path, keys: Path, next_source: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """This version and the next one."""
    pytest.importorskip("uv", reason="needs the extra `deploy`")
    target = TARGETS[f"cp311-{platform.machine()}"]
    out = tmp_path_factory.mktemp("real")
    try:
        return [
            build(source, [target], keys / "release.sec", out) for source in (ROOT, next_source)
        ]
    except InputError as exc:
        if "cannot get the wheels" not in str(exc):
            raise
        pytest.skip(f"needs a network: {exc}")


def _page(system: System, path: str) -> str:
    return system.run("/opt/edge-reps/current/venv/bin/python", "-c", ASK.format(path)).stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info < (3, 9), reason="the bundle is made by Python 3.9 or later")
def test_from_the_bundle_to_counting_and_on(
    bundles: list[Path], bundle: Callable[..., Path], system: System
) -> None:
    first = system.install(bundles[0])
    assert first.returncode == 0, first.stdout
    with system.booted():
        assert until(system.is_up), system.run("journalctl", "-u", "edge-reps").stdout
        assert json.loads(_page(system, "/api/health"))["version"] == __version__
        assert "<html" in _page(system, "/")
        clip = system.run("/opt/edge-reps/current/venv/bin/python", "-c", CLIP).stdout.strip()
        reps = ["/usr/local/bin/reps", "count", clip, "--exercise", SAMPLE["exercise"], "--quiet"]
        counted = system.run(*map(str, reps)).stdout
        assert re.search(rf"^sit-up: {SAMPLE['count']}\b", counted, re.MULTILINE), counted

        update = system.update(bundles[1])
        assert update.returncode == 0, update.stdout
        assert json.loads(_page(system, "/api/health"))["version"] == NEXT

        broken = system.update(bundle("100.0.0", "crashes"))
        assert broken.returncode == 1, broken.stdout
        assert until(system.is_up)
        assert json.loads(_page(system, "/api/health"))["version"] == NEXT
        away = system.run("/usr/local/sbin/edge-reps-update", "--uninstall")
        assert away.returncode == 0, away.stdout
        assert not system.is_up()


@pytest.mark.slow
def test_nothing_is_packed_that_was_not_locked(
    bundles: list[Path], keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = TARGETS[f"cp311-{platform.machine()}"]
    locks = tmp_path / "locks"
    locks.mkdir()
    text = re.sub(r"(tqdm==\S+ --hash=sha256:)[0-9a-f]{64}", r"\g<1>" + 64 * "0",
                  target.lock.read_text())  # fmt: skip
    (locks / target.lock.name).write_text(text)
    monkeypatch.setattr("deploy.targets.LOCKS", locks)
    with pytest.raises(InputError, match="cannot get the wheels"):
        build(ROOT, [target], keys / "release.sec", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))
