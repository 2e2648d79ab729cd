"""FFmpeg's log: silent, and without the interpreter's lock."""

from __future__ import annotations

import subprocess
import sys


def test_ffmpeg_says_nothing_by_itself() -> None:
    code = (
        "import io; from edge_app.ffmpeg import av\n"
        "try: av.open(io.BytesIO(b'\\0\\0\\0\\x20ftypisom' + bytes(500)))\n"
        "except av.FFmpegError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "refused\n" and done.stderr == ""
