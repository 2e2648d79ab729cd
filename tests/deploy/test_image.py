"""The image recipe, without an emulator: cards are made, opened again and looked at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import pytest

IMAGE = Path(__file__).parents[2] / "deploy/image"
NEEDS = {
    "mke2fs": "e2fsprogs",
    "sfdisk": "fdisk",
    "mkfs.vfat": "dosfstools",
    "mcopy": "mtools",
    "losetup": "mount",
}
SECTOR = 512
APP_FIRST = 28672  # where NVIDIA's card for the Nano has its root, behind thirteen small partitions


@pytest.fixture(autouse=True)
def tools() -> None:
    for tool, package in NEEDS.items():
        if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None:
            pytest.skip(f"needs {tool}: apt install {package}")
    if os.geteuid() != 0:
        pytest.skip("needs root, as the recipe does")


def run(*command: str, text: str = "") -> str:
    environment = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def partitions(card: Path) -> list[dict]:
    found: list[dict] = json.loads(run("sfdisk", "-J", str(card)))["partitiontable"]["partitions"]
    return found


def taken_out(card: Path, part: dict, to: Path) -> Path:
    with card.open("rb") as file, to.open("wb") as out:
        file.seek(part["start"] * SECTOR)
        out.write(file.read(part["size"] * SECTOR))
    return to


def said_of(filesystem: Path, path: str) -> str:
    """A file of an ext4, read without mounting it."""
    return run("debugfs", "-R", f"cat {path}", str(filesystem))


@pytest.fixture
def arm_root(tmp_path: Path) -> Path:
    """As much of a Debian root, set up as a station's, as the card's writer looks at."""
    root = tmp_path / "root"
    files = {
        "boot/vmlinuz-6.1.0-9-arm64": "older kernel",
        "boot/vmlinuz-6.1.0-10-arm64": "kernel",
        "boot/initrd.img-6.1.0-10-arm64": "initrd",
        "usr/lib/systemd/boot/efi/systemd-bootaa64.efi": "loader",
        "opt/edge-reps/releases/1.0/there": "x",
        "etc/edge-reps/station.toml": "# set",
        "var/lib/edge-reps/ledger.sqlite": "rows",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    os.chown(root / "var/lib/edge-reps", 998, 998)
    return root


@pytest.mark.parametrize("read_only", ["no", "yes"])
def test_a_debian_card(read_only: str, arm_root: Path, tmp_path: Path) -> None:
    work, card, station = tmp_path / "work", tmp_path / "card.img", tmp_path / "edge-reps.toml"
    work.mkdir()
    station.write_text('name = "gym-1"\n')
    script = f'set -euo pipefail; HERE={IMAGE}; . "$HERE/disk.sh"; . "$HERE/customise.sh"\n'
    if read_only == "yes":
        script += f"part_data {arm_root}\n"
    script += f"write_debian_card {work} {arm_root} {card} {read_only} ttyAMA0 {station}"
    run("bash", "-c", script)
    parts = partitions(card)
    assert [p["name"] for p in parts] == ["boot", "root", "data"][: 3 if read_only == "yes" else 2]

    boot = taken_out(card, parts[0], tmp_path / "boot.img")
    assert run("mtype", "-i", str(boot), "::/edge-reps.toml") == 'name = "gym-1"\n'
    assert run("mtype", "-i", str(boot), "::/vmlinuz") == "kernel"
    assert run("mtype", "-i", str(boot), "::/EFI/BOOT/BOOTAA64.EFI") == "loader"
    line = run("mtype", "-i", str(boot), "::/loader/entries/edge-reps.conf")
    assert ("init=/usr/local/sbin/edge-reps-overlay" in line) == (read_only == "yes")
    assert "console=ttyAMA0" in line

    root = taken_out(card, parts[1], tmp_path / "root.img")
    run("e2fsck", "-f", "-n", str(root))
    assert run("blkid", "-s", "UUID", "-o", "value", str(root)).strip() in line
    table = said_of(root, "/etc/fstab")
    if read_only == "no":
        assert said_of(root, "/etc/edge-reps/station.toml") == "# set"
        assert " / ext4 " in table and "bind" not in table
        return
    data = taken_out(card, parts[2], tmp_path / "data.img")
    run("e2fsck", "-f", "-n", str(data))
    assert run("blkid", "-s", "UUID", "-o", "value", str(data)).strip() in table
    assert said_of(data, "/var/lib/edge-reps/ledger.sqlite") == "rows"
    assert said_of(data, "/opt/edge-reps/releases/1.0/there") == "x"
    assert "User:   998" in run("debugfs", "-R", "stat /var/lib/edge-reps", str(data))
    assert "/data/var/lib/edge-reps /var/lib/edge-reps none bind" in table
    assert " / ext4 " not in table  # nothing may make the root writable again


def test_the_checkout_s_owner_does_not_come_to_own_the_card(tmp_path: Path) -> None:
    image, root = tmp_path / "image", tmp_path / "root"
    shutil.copytree(IMAGE, image)
    for path in image.rglob("*"):
        os.chown(path, 1000, 1000)
        path.chmod(path.stat().st_mode | 0o020)
    (root / "etc").mkdir(parents=True)
    run("bash", "-c", f'set -eu; umask 022; HERE={image}; . "$HERE/customise.sh"; put_files {root}')
    wanted = {path.relative_to(image / "files") for path in (image / "files").rglob("*")}
    found = {path.relative_to(root): path.stat() for path in root.rglob("*")}
    assert set(found) == wanted
    assert {(there.st_uid, there.st_gid, there.st_mode & 0o022) for there in found.values()} == {
        (0, 0, 0)
    }
    assert {path.name for path, there in found.items() if there.st_mode & 0o111} >= {
        "edge-reps-grow", "edge-reps-overlay",
    }  # fmt: skip


@pytest.fixture
def nvidia_card(debian: Path, tmp_path: Path) -> Path:
    """Laid out as NVIDIA's SD-card image is: APP is number 1 and the last on the disk."""
    tree = tmp_path / "jetson"
    run("cp", "-a", "--reflink=auto", str(debian), str(tree))
    (tree / "etc/nv_tegra_release").write_text("# R32 (release), REVISION: 7.1, BOARD: t210ref\n")
    (tree / "etc/ssh").mkdir()
    (tree / "etc/ssh/sshd_config").write_text("PasswordAuthentication yes\n")
    (tree / "etc/ssh/ssh_host_rsa_key").write_text("everybody's")
    asks = tree / "etc/systemd/system/nv-oem-config.target.wants"
    asks.mkdir(parents=True)
    (asks / "nv-oem-config.service").symlink_to("/lib/systemd/system/nv-oem-config.service")
    (tree / "etc/systemd/system/default.target").symlink_to("nv-oem-config.target")
    app = tmp_path / "app.img"
    run("mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(app), "700M")
    shutil.rmtree(tree)
    card = tmp_path / "sd-blob.img"
    with card.open("wb") as file:
        file.truncate(APP_FIRST * SECTOR + app.stat().st_size + 33 * SECTOR)
    size = app.stat().st_size // SECTOR
    table = f"label: gpt\n1: start={APP_FIRST}, size={size}, name=APP\n"
    table += "2: start=2048, size=256, name=TBC\n3: start=4096, size=896, name=RP1\n"
    run("sfdisk", "-q", str(card), text=table)
    run("dd", f"if={app}", f"of={card}", "bs=512", f"seek={APP_FIRST}", "conv=notrunc,sparse")
    return card


@contextmanager
def opened(card: Path, part: dict, folder: Path) -> Iterator[Path]:
    offset, size = part["start"] * SECTOR, part["size"] * SECTOR
    folder.mkdir()
    run("mount", "-o", f"loop,ro,offset={offset},sizelimit={size}", str(card), str(folder))
    try:
        yield folder
    finally:
        run("umount", str(folder))


@pytest.mark.slow
def test_nvidias_card(
    nvidia_card: Path, bundle: Callable[..., Path], keys: Path, tmp_path: Path
) -> None:
    if subprocess.run(["losetup", "-f"], capture_output=True, check=False).returncode:
        pytest.skip("this machine has no loop device")
    out, ssh = tmp_path / "station.img", tmp_path / "operator.pub"
    before = nvidia_card.read_bytes()[: APP_FIRST * SECTOR]
    ssh.write_text("ssh-ed25519 AAAA operator\n")
    options = ["--base", str(nvidia_card), "--bundle", str(bundle("1.0.0")), "--out", str(out)]
    key = ["--key", str(keys / "release.pub"), "--ssh-key", str(ssh)]
    said = run("bash", str(IMAGE / "build.sh"), *options, *key)
    assert "has no growpart: the root stays at 700 + 2048 MiB" in said
    old, new = partitions(nvidia_card), partitions(out)
    assert [(p["name"], p["start"]) for p in new] == [(p["name"], p["start"]) for p in old]
    assert new[0]["size"] - old[0]["size"] > 3_900_000  # 2 GiB of room
    assert out.read_bytes()[4096 * SECTOR : APP_FIRST * SECTOR] == before[4096 * SECTOR :]

    with opened(out, new[0], tmp_path / "look") as root:
        assert os.readlink(root / "opt/edge-reps/current") == "releases/1.0.0"
        units = root / "etc/systemd/system"
        assert os.readlink(units / "default.target").endswith("multi-user.target")
        assert not (units / "nv-oem-config.target.wants").exists()
        for asks in ("nv-oem-config.service", "nv-oem-config-gui.service", "nv-oem-config.target"):
            assert os.readlink(units / asks) == "/dev/null"
        wanted = {path.name for path in (units / "multi-user.target.wants").iterdir()}
        assert {"edge-reps.service", "edge-reps-grow.service"} <= wanted
        assert "edge-reps-station.service" in wanted
        assert (units / "edge-reps-engine.service").is_symlink()
        assert (units / "edge-reps.service.d/jetson.conf").is_symlink()
        assert (units / "timers.target.wants/edge-reps-server.timer").is_symlink()
        assert (root / "etc/machine-id").read_text() == ""
        assert "edge-reps:" in (root / "etc/passwd").read_text()
        assert (root / "usr/local/sbin/edge-reps-grow").stat().st_mode & 0o111
        assert not list((root / "var/tmp").iterdir())
        keys_of = root / "home/edge-operator/.ssh/authorized_keys"
        assert keys_of.read_text() == ssh.read_text()
        assert keys_of.stat().st_uid == (root / "home/edge-operator").stat().st_uid != 0
        assert not list((root / "etc/ssh").glob("ssh_host_*"))  # or all cards would have the same
        said = (root / "etc/ssh/sshd_config").read_text()
        assert said.index("PasswordAuthentication no") < said.index("PasswordAuthentication yes")
    assert not list(tmp_path.glob(".edge-reps-image.*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--base": "card.zip"}, "--base must be debian, a root .tar, or NVIDIA's"),
        ({"--bundle": "gone.tar"}, "no such file: gone.tar"),
        ({"--out": ""}, "--out is needed"),
        ({"--station": __file__}, "put the station file onto a USB stick"),
        ({"--read-only": None}, "--read-only is for Debian's card"),
        ({"--ask": None}, "unknown option --ask"),
    ],
)
def test_wrong_options(change: dict[str, str | None], said: str, tmp_path: Path) -> None:
    there = tmp_path / "there.img"
    there.write_text("no card")
    options: dict[str, str | None] = {
        "--base": str(there), "--bundle": str(there), "--key": str(there),
        "--out": str(tmp_path / "out.img"), **change,
    }  # fmt: skip
    words = [w for pair in options.items() for w in pair if w is not None]
    done = subprocess.run(
        ["bash", str(IMAGE / "build.sh"), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["there.img"]


def test_an_image_that_is_not_nvidias(tmp_path: Path) -> None:
    card, out = tmp_path / "other.img", tmp_path / "out.img"
    with card.open("wb") as file:
        file.truncate(2**21)
    run("sfdisk", "-q", str(card), text="label: gpt\nname=root\n")
    words = ["--base", str(card), "--bundle", str(card), "--key", str(card), "--out", str(out)]
    done = subprocess.run(
        ["bash", str(IMAGE / "build.sh"), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "it is not NVIDIA's SD-card image" in done.stderr


@pytest.mark.skipif(shutil.which("systemd-nspawn") is None, reason="needs systemd-container")
def test_a_read_only_root_starts_under_an_overlay(debian: Path, tmp_path: Path) -> None:
    """systemd-nspawn gives it mounts of its own; the kernel's own start is not tried here."""
    tree = tmp_path / "tree"
    run("cp", "-a", "--reflink=auto", str(debian), str(tree))
    (tree / "overlay").mkdir()
    script = "#!/bin/sh\nset -e\necho of this start >/etc/written\ncat /etc/written\n"
    script += "findmnt -no FSTYPE /\n[ -d /proc/1 ] && [ -c /dev/null ] && echo whole\n"
    (tree / "sbin/init").unlink()
    (tree / "sbin/init").write_text(script)
    (tree / "sbin/init").chmod(0o755)
    shutil.copy(IMAGE / "files/usr/local/sbin/edge-reps-overlay", tree / "first")
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--as-pid2"]
    said = run(*command, "--read-only", f"--directory={tree}", "/first")
    assert said.split()[-5:] == ["of", "this", "start", "overlay", "whole"], said
    assert not (tree / "etc/written").exists()
    shutil.rmtree(tree)
