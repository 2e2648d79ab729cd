"""What shellcheck says of everything that a shell runs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SCRIPTS = [*DEPLOY.glob("*.sh"), *(DEPLOY / "bin").iterdir()]


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="needs shellcheck: apt install shellcheck"
)
def test_shellcheck_finds_nothing() -> None:
    command = ["shellcheck", "--shell=sh", "--external-sources", *map(str, SCRIPTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert len(SCRIPTS) > 5


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="needs shellcheck: apt install shellcheck"
)
def test_shellcheck_finds_nothing_in_the_image_recipe() -> None:
    image = DEPLOY / "image"
    recipe = ["--external-sources", "--check-sourced", "--source-path=SCRIPTDIR", "build.sh"]
    others = ["initrd.sh", *map(str, (image / "files/usr/local/sbin").iterdir())]
    for command in (recipe, others):
        done = subprocess.run(
            ["shellcheck", *command], cwd=image, capture_output=True, text=True, check=False
        )
        assert done.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_may_be_run(script: Path) -> None:
    assert script.stat().st_mode & 0o111
