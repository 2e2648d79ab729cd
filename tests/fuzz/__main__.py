"""Feeds damaged files to the commands: python -m tests.fuzz [--count 5000] [--seed 1] [--jobs 2]

Each case runs in a process of its own, forked from one that has loaded the program. A case fails
with a traceback, more than one sentence on stderr, an exit code that is not documented, more than
10 s or more than 1 GB; failed cases keep their files.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.cases import Case, Corpus

DOCUMENTED = (0, 1, 2, 3)
LONGEST_S, MOST_MIB = 10.0, 1024.0


@dataclass(frozen=True)
class Outcome:
    """What a case did; `fault` is "" if that is in order."""

    fault: str
    code: int
    seconds: float
    rss_mib: float
    stderr: str


def run(case: Case, place: Path) -> Outcome:
    """Runs one case in a forked process."""
    log = place / "stderr"
    begun_s = time.monotonic()
    child = os.fork()
    if child == 0:
        _child(case, log)
    code, usage = _wait(child, begun_s + LONGEST_S)
    seconds = time.monotonic() - begun_s
    stderr = log.read_text(errors="replace") if log.exists() else ""
    rss_mib = usage / 1024
    fault = ""
    if "Traceback" in stderr:
        fault = "traceback"
    elif code == -signal.SIGKILL:
        fault = "hang"
    elif code not in DOCUMENTED:
        fault = f"exit code {code}"
    elif rss_mib > MOST_MIB:
        fault = f"{rss_mib:.0f} MiB"
    elif stderr.count("\n") > 1:
        fault = "more than one sentence"
    return Outcome(fault, code, seconds, rss_mib, stderr)


def _child(case: Case, log: Path) -> None:
    """Runs the command and never returns."""
    for number, target in ((1, os.devnull), (2, str(log))):
        os.dup2(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 70
    try:
        from edge_app.cli.main import main

        code = main(list(case.words))
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 2
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int, until_s: float) -> tuple[int, int]:
    """Exit code (negative: the signal) and largest resident set in KiB."""
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss
        if time.monotonic() > until_s:
            os.kill(child, signal.SIGKILL)
            _, _, usage = os.wait4(child, 0)
            return -signal.SIGKILL, usage.ru_maxrss
        time.sleep(0.002)


def fuzz(count: int, seed: int, kept: Path, first: int = 0, step: int = 1) -> Counter[str]:
    """Runs cases and prints each fault; returns how many of each there were."""
    said: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as good:
        corpus = Corpus(Path(good), seed)
        for number in range(first, count, step):
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder)
                case = corpus.case(number, place)
                outcome = run(case, place)
                said[f"{case.kind}: exit {outcome.code}"] += 1
                if outcome.fault:
                    said[f"FAULT {outcome.fault.split()[0]}"] += 1
                    last = outcome.stderr.strip().splitlines()[-1:] or [""]
                    print(f"{number} {case.kind}: {outcome.fault}: {last[0][:160]}", flush=True)
                    shutil.copytree(place, kept / str(number), dirs_exist_ok=True)
                    (kept / str(number) / "words").write_text("\n".join(case.words))
                said["slowest ms"] = max(said["slowest ms"], round(1000 * outcome.seconds))
                said["largest MiB"] = max(said["largest MiB"], round(outcome.rss_mib))
    return said


def main() -> int:
    """Returns 1 if a case failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kept", type=Path, default=Path(tempfile.gettempdir()) / "fuzz-faults")
    args = parser.parse_args()
    args.kept.mkdir(parents=True, exist_ok=True)
    _load()
    children = []
    for job in range(args.jobs):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            said = fuzz(args.count, args.seed, args.kept, job, args.jobs)
            os.write(writer, json.dumps(said).encode())
            os._exit(0)
        os.close(writer)
        children.append((child, reader))
    total: Counter[str] = Counter()
    for child, reader in children:
        with os.fdopen(reader, "rb") as answer:
            found: dict[str, int] = json.loads(answer.read() or b"{}")
        os.waitpid(child, 0)
        for key, value in found.items():
            most = key in ("slowest ms", "largest MiB")
            total[key] = max(total[key], value) if most else total[key] + value
    for key, value in sorted(total.items()):
        print(f"{value:7d}  {key}")
    return int(any(key.startswith("FAULT") for key in total))


def _load() -> None:
    """What every case needs, once: the program, but no network and no thread."""
    import importlib

    for name in ("count", "replay", "evaluate", "results", "station"):
        importlib.import_module(f"edge_app.cli.{name}")
    import onnxruntime  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
