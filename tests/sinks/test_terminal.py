"""The bar never tears a line, and is not there without a terminal."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.sinks.terminal import Progress

RUN = """
import time
from edge_app.sinks.terminal import Progress
with Progress(6, "frame", {quiet}) as bar:
    for number in range(6):
        time.sleep(0.12)  # longer than the bar waits between two pictures of itself
        bar.step()
        if number % 2:
            bar.line(f"line {{number}}")
print("end")
"""
ROOT = Path(__file__).parents[2]


def shown(text: str) -> list[str]:
    """The rows a terminal shows after `text`, with its returns and line feeds."""
    rows, column = [""], 0
    for character in text:
        if character == "\n":
            rows, column = [*rows, ""], 0
        elif character == "\r":
            column = 0
        else:
            rows[-1] = rows[-1][:column].ljust(column) + character + rows[-1][column + 1 :]
            column += 1
    return [row.rstrip() for row in rows]


def test_lines_go_to_standard_output_and_no_bar_to_a_pipe(capfd: pytest.CaptureFixture) -> None:
    with Progress(3, "frame") as bar:
        bar.step()
        bar.line("one")
    assert capfd.readouterr() == ("one\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("quiet", "bars"), [(False, True), (True, False)])
def test_on_a_terminal_lines_stay_whole_and_the_bar_goes(quiet: bool, bars: bool) -> None:
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    run = subprocess.Popen(
        [sys.executable, "-c", RUN.format(quiet=quiet)], cwd=ROOT, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    assert run.wait() == 0
    assert (b"frame/s" in said) is bars
    assert shown(said.decode())[:4] == ["line 1", "line 3", "line 5", "end"]
