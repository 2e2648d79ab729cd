"""What may be in a bundle, by name."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.bundle import main, pack
from edge_app.errors import InputError
from tests.deploy.systems import make_keys

pytestmark = pytest.mark.skipif(
    shutil.which("signify-openbsd") is None, reason="needs signify: apt install signify-openbsd"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """As little as a bundle can be, and a key beside it."""
    make_keys(tmp_path)
    folder = tmp_path / "tree"
    (folder / "debs/bionic-arm64").mkdir(parents=True)
    (folder / "install.sh").write_text("#!/bin/sh\n")
    return folder


def test_debian_s_own_names_are_taken(tree: Path, tmp_path: Path) -> None:
    """Ubuntu's packages have a ~ in them, and apt writes an epoch's colon as %3a."""
    for name in ("python3.8_3.8.0-3ubuntu1~18.04.2_arm64.deb", "libc6_1%3a2.27-3_arm64.deb"):
        (tree / "debs/bionic-arm64" / name).write_text(name)
    path = pack(tree, "1.0.0", tmp_path / "release.sec", tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    subprocess.run(["tar", "-xf", str(path)], cwd=out, check=True)
    subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=out, check=True)
    assert len(list(out.rglob("*.deb"))) == 2


@pytest.mark.parametrize("name", ["two words.deb", "back\\slash.deb", "ümlaut.deb"])
def test_other_names_are_refused(name: str, tree: Path, tmp_path: Path) -> None:
    (tree / "debs/bionic-arm64" / name).touch()
    with pytest.raises(InputError, match="plain names"):
        pack(tree, "1.0.0", tmp_path / "release.sec", tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "file").touch()
    options = ["--key", "no.sec", "--out", str(tmp_path / "file/dist"), "--target", "cp38-aarch64"]
    assert main(options) == 2
    assert capsys.readouterr().err.count("\n") == 1
