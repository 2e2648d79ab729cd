"""A clean Debian for each test, keys, and light bundles that install in a second."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.deploy.light import light_bundle
from tests.deploy.systems import NEEDS, System, make_keys, missing

TREE = "EDGE_REPS_DEBIAN"  # a tree made before, to save the two minutes while writing tests


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minimal Debian with Python, systemd and signify, and nothing of ours."""
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    if os.environ.get(TREE):
        return Path(os.environ[TREE])
    tree = tmp_path_factory.mktemp("debian") / "tree"
    command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"]
    command += ["--include=" + ",".join(NEEDS), "bookworm", str(tree)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no Debian to be had: {done.stderr.strip().splitlines()[-1:]}")
    return tree


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with release.pub and release.sec."""
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    return folder


@pytest.fixture(scope="session")
def bundle(
    keys: Path, debian: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Path]:
    """Light bundles by version and behaviour, each made once."""
    folder = tmp_path_factory.mktemp("bundles")
    made: dict[tuple, Path] = {}

    def make(version: str, does: str = "well", schema: str = "1") -> Path:
        key = (version, does, schema)
        if key not in made:
            own = folder / f"{version}-{does.replace(' ', '-')}-{schema}"
            made[key] = light_bundle(version, does, schema, keys / "release.sec", own)
        return made[key]

    return make


@pytest.fixture(scope="session")
def installed(
    debian: Path, keys: Path, bundle: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A tree with the light release 1.0.0, to begin from."""
    with System(debian, tmp_path_factory.mktemp("installed"), keys) as one:
        done = one.install(bundle("1.0.0"))
        assert done.returncode == 0, done.stdout
        yield one.root


@pytest.fixture
def system(debian: Path, keys: Path, tmp_path: Path) -> Iterator[System]:
    """A clean system of one's own."""
    with System(debian, tmp_path, keys) as one:
        yield one
