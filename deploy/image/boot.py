"""Boots a Debian card in an emulated arm64 machine until its page answers; counts the clip there.

    python deploy/image/boot.py card.img --identity operator --log docs/results/image-boot.log

The card must be built with `--console ttyAMA0 --ssh-key KEY.pub` and a station's file that says
`open = true`; `--identity KEY` is the key's other half. Needs qemu-system-arm, qemu-efi-aarch64 and
about an hour of one core: the processor is emulated. The card itself is not modified.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TextIO

FIRMWARE = Path("/usr/share/AAVMF")
PAGE, SSH = 18080, 18022
# Commands for the booted system, each with the text that its output must contain.
QUESTIONS = (
    ("uname -m; cat /etc/hostname; id edge-reps", "aarch64"),
    (
        "for u in edge-reps edge-reps-grow edge-reps-station; do "
        "systemctl is-active --quiet $u || { echo $u is not active; exit; }; done; echo all run",
        "all run",
    ),
    ("systemctl --failed --no-legend || true", ""),
    ("df -m / /data 2>/dev/null; lsblk", ""),
    ("sudo runuser -u edge-reps -- reps doctor || true", "aarch64"),
    ("curl -s http://127.0.0.1:8080/api/health || true", ""),
    (
        "/opt/edge-reps/current/venv/bin/python -c 'import numpy, cv2, onnxruntime, sqlalchemy, "
        "fastapi; "
        "print(\"imported\", numpy.__version__, cv2.__version__, onnxruntime.__version__)'",
        "imported",
    ),
    (
        "sudo systemctl stop edge-reps; cd /tmp; clip=$(/opt/edge-reps/current/venv/bin/python -c "
        "'from edge_app.kiosk.kiosk import sample_clip; print(sample_clip())'); "
        "time reps count $clip --exercise sit-up --quiet --max-fps 10",
        "sit-up: 10",
    ),
)  # fmt: skip


def machine(card: Path, folder: Path, cores: int) -> list[str]:
    """qemu's command; this machine's ports PAGE and SSH lead to the emulated one."""
    overlay = folder / "card.qcow2"
    create = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(card.resolve())]
    subprocess.run([*create, str(overlay), "8G"], check=True)
    shutil.copy(FIRMWARE / "AAVMF_VARS.fd", folder / "vars.fd")
    flash = "if=pflash,format=raw,file="
    net = f"user,id=net,hostfwd=tcp:127.0.0.1:{PAGE}-:8080,hostfwd=tcp:127.0.0.1:{SSH}-:22"
    return [
        "nice", "qemu-system-aarch64", "-machine", "virt", "-cpu", "cortex-a72",
        "-smp", str(cores), "-m", "2048", "-display", "none", "-serial", "stdio", "-no-reboot",
        "-drive", f"{flash}{FIRMWARE}/AAVMF_CODE.fd,readonly=on",
        "-drive", f"{flash}{folder}/vars.fd",
        "-drive", f"if=none,id=card,file={overlay}", "-device", "virtio-blk-pci,drive=card",
        "-netdev", net, "-device", "virtio-net-pci,netdev=net,romfile=",
        "-device", "virtio-rng-pci",
    ]  # fmt: skip


def wait_for_page(qemu: subprocess.Popen, within_s: float) -> float:
    """Waits for the station's page; returns the seconds.

    Raises:
        TimeoutError: it did not, or the machine stopped.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < within_s and qemu.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PAGE}/", timeout=30) as answer:
                if b"<html" in answer.read().lower():
                    return time.monotonic() - begun
        except (urllib.error.URLError, OSError):
            time.sleep(5)
    raise TimeoutError("the page did not answer")


def ask(identity: Path, question: str, within_s: float) -> str:
    """The output of a command in the machine, or a note that none came in time."""
    known = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-q"]
    command = ["ssh", *known, "-i", str(identity), "-p", str(SSH), "edge-operator@127.0.0.1"]
    try:
        done = subprocess.run(
            [*command, question], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=within_s, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no output within {within_s:.0f} s\n"
    return done.stdout


def interview(identity: Path, log: TextIO, within_s: float) -> list[str]:
    """Runs all commands; returns those with a wrong output."""
    wrong = []
    for question, wanted in QUESTIONS:
        answer = ask(identity, question, within_s)
        log.write(f"\n$ {question}\n{answer}")
        log.flush()
        if wanted not in answer:
            wrong.append(question)
    return wrong


def main() -> int:
    """Returns 0 if the page answered and every output was right."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("card", type=Path)
    parser.add_argument("--identity", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--within-s", type=float, default=7200.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, args.log.open("w") as log:
        console = Path(name) / "console.log"
        with console.open("w") as out:
            command = machine(args.card, Path(name), args.cores)
            qemu = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)
            try:
                seconds = wait_for_page(qemu, args.within_s)
                log.write(f"the page answered after {seconds:.0f} s\n")
                log.flush()
                wrong = interview(args.identity, log, args.within_s)
            except TimeoutError as exc:
                wrong = [str(exc)]
            finally:
                qemu.terminate()
                qemu.wait()
        log.write("\n--- console\n" + console.read_text(errors="replace"))
    for question in wrong:
        print(f"boot.py: wrong: {question}", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
