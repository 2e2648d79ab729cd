"""Which edge-reps.toml a station takes: real FAT file systems on loop devices, found by blkid.

reps and mount have stand-ins, the latter because the kernels that tests run on may not know FAT.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy/bin/station"
REPS = '#!/bin/sh\necho "$1 $2"\ncat "$3"\ngrep -q wrong "$3" && exit 2\nexit 0\n'
MOUNT = '#!/bin/sh\nmcopy -n -i "$3" ::/edge-reps.toml "$4/" 2>/dev/null || true\n'
UMOUNT = '#!/bin/sh\nrm -f "$1/edge-reps.toml"\n'
ENVIRONMENT = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    return done.stdout.strip()


def plugged_in(stack: ExitStack, image: Path, label: str, text: str | None) -> None:
    """A FAT file system that the kernel sees until the stack is closed."""
    with image.open("wb") as file:
        file.truncate(2**21)
    run("mkfs.vfat", "-n", label, str(image))
    if text is not None:
        station = image.with_suffix(".toml")
        station.write_text(text)
        run("mcopy", "-i", str(image), str(station), "::/edge-reps.toml")
    device = run("losetup", "--find", "--show", str(image))
    stack.callback(run, "losetup", "--detach", device)


@pytest.mark.parametrize(
    ("boot", "stick", "taken", "code"),
    [
        ("boot", None, "boot", 0),
        ("boot", "stick", "stick", 0),  # the stick goes before
        (None, "stick", "stick", 0),
        (None, None, "", 0),  # nothing is said, nothing is changed
        ("boot", "wrong", "wrong", 1),  # what is wrong is told, and not passed over
    ],
)
def test_where_the_file_is_found(
    boot: str | None, stick: str | None, taken: str, code: int, tmp_path: Path
) -> None:
    try:
        run("losetup", "-f"), run("mcopy", "-V"), run("which", "mkfs.vfat")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs root, a loop device, mtools and dosfstools")
    tools = tmp_path / "release/bin"
    tools.mkdir(parents=True)
    standing_in = {"reps": REPS, "mount": MOUNT, "umount": UMOUNT}
    nothing = dict.fromkeys(("hostname", "udevadm"), "#!/bin/sh\n")
    for name, text in {**standing_in, **nothing}.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    own = tools / "run"  # a copy: the script looks for reps beside its own file
    own.write_text(SCRIPT.read_text())
    own.chmod(0o755)
    with ExitStack() as stack:
        plugged_in(stack, tmp_path / "boot.img", "EDGE-REPS", boot)
        plugged_in(stack, tmp_path / "stick.img", "STICK", stick)
        environment = {**ENVIRONMENT, "PATH": f"{tools}:{ENVIRONMENT['PATH']}"}
        done = subprocess.run(
            [str(own)], capture_output=True, text=True, env=environment, check=False
        )
    assert (done.stdout.split(), done.returncode) == (
        ["station", "apply", taken] if taken else [], code,
    ), done.stderr  # fmt: skip
    assert not list(Path("/run").glob("edge-reps-station.*"))
