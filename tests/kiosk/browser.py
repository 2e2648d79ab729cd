"""A real kiosk in a process of its own, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
ROOT = Path(__file__).parents[2]


@contextmanager
def running_kiosk(folder: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`reps kiosk` on a free port; its process and address."""
    command = [sys.executable, "-m", "edge_app.cli", "kiosk", "--data", str(folder)]
    command += ["--port", "0", "--threads", "1", *flags]
    with (folder / "kiosk.log").open("a") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://\S+:\d+", line)
            assert found, (folder / "kiosk.log").read_text()
            yield process, found.group()
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)
            if process.stdout:
                process.stdout.close()
