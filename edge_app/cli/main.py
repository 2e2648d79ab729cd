"""The command `reps`. A subcommand is a file beside this one, and one line here."""

from __future__ import annotations

import argparse
import importlib
import os
import select
import sys
from types import ModuleType
from typing import Sequence

from edge_app import __version__
from edge_app.errors import INVALID, InputError

COMMANDS = {
    "count": "count the repetitions in a video file",
    "teach": "learn an exercise from a few good repetitions",
    "replay": "count a stored pose track again, without the video",
    "evaluate": "measure the counting error on clips with known counts",
    "results": "import rosters; list, export and correct results",
    "kiosk": "run the kiosk: camera, counting and pages for a class",
    "calibrate": "collect pictures of your own gym for INT8",
    "engine": "build TensorRT engines",
    "bench": "measure the time of each stage of a frame",
    "station": "check or apply a station file",
    "doctor": "check this device, and say how to fix what is wrong",
    "accept": "measure on this device what only it can tell, into one file",
}
READER_GONE = 141  # as a shell reports a program that SIGPIPE ended
KIOSK_EXTRA = (
    "sqlalchemy",
    "alembic",
    "openpyxl",
    "fastapi",
    "uvicorn",
    "argon2",
    "prometheus_client",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0; 2: invalid input; 3: a damaged clip, counted;
    130: interrupted; 141: nobody reads the output any more (`reps … | head`)."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            return _run(words)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # here, and not when Python ends, a reader's absence is noticed
    except BrokenPipeError:
        if not _reader_gone():
            raise  # another pipe, such as one to a process of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE


def _run(words: Sequence[str]) -> int:
    try:
        module = _module(words)
        args = build_parser(module).parse_args(words)
        assert module is not None  # argparse prints the error
        code: int = module.execute(args)
        return code
    except InputError as exc:
        print(f"reps: {exc}", file=sys.stderr)
        return INVALID
    except KeyboardInterrupt:
        print("reps: stopped", file=sys.stderr)  # files being written do not appear
        return 130


def _reader_gone() -> bool:
    """Whether standard output is a pipe that nobody reads."""
    watch = select.poll()
    watch.register(sys.stdout.fileno(), 0)  # errors are always reported
    return any(event & select.POLLERR for _, event in watch.poll(0))


def build_parser(module: ModuleType | None) -> argparse.ArgumentParser:
    """The parser of all commands, with the options of the one whose module is given."""
    parser = argparse.ArgumentParser(
        prog="reps", description="Counts the valid repetitions of an exercise."
    )
    parser.add_argument("--version", action="version", version=f"reps {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, said in COMMANDS.items():
        command = commands.add_parser(name, help=said)
        if module is not None and module.__name__ == _path(name):
            module.add_options(command)
    return parser


def _module(words: Sequence[str]) -> ModuleType | None:
    """The module of the named command; the others are not imported, for a fast start."""
    name = next((word for word in words if not word.startswith("-")), "")
    if name not in COMMANDS:
        return None
    try:
        return importlib.import_module(_path(name))
    except ModuleNotFoundError as exc:
        if exc.name not in KIOSK_EXTRA:
            raise
        raise InputError(
            f"reps {name} needs the extra `kiosk`: pip install 'edge-reps[kiosk]'"
        ) from exc


def _path(name: str) -> str:
    return f"edge_app.cli.{name}"


if __name__ == "__main__":
    sys.exit(main())
