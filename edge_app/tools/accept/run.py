"""Runs the steps one after the other; each may fail alone, and after each the file is written."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime, timezone
from pathlib import Path
from time import monotonic
from typing import Callable, Mapping, Sequence

from edge_app.errors import InputError
from edge_app.tools.accept.camera import camera
from edge_app.tools.accept.engines import engines
from edge_app.tools.accept.gate import gate
from edge_app.tools.accept.latency import latency
from edge_app.tools.accept.load import load
from edge_app.tools.accept.machine import machine
from edge_app.tools.accept.parity import parity
from edge_app.tools.accept.report import (
    Report,
    State,
    StepResult,
    as_json,
    write_report,
)
from edge_app.tools.accept.rig import Found, Rig, Skipped, Step

LOG = logging.getLogger(__name__)
STEPS: dict[str, Step] = {  # in this order: later ones use what earlier ones built and measured
    "machine": machine,
    "engines": engines,
    "parity": parity,
    "gate": gate,
    "load": load,
    "latency": latency,
    "camera": camera,
}


def accept(
    rig: Rig,
    report: Report,
    out: Path,
    names: Sequence[str],
    say: Callable[[str], object],
    steps: Mapping[str, Step] = STEPS,
) -> int:
    """Runs steps and writes the report after each of them.

    Args:
        names: of the steps to run.
        say: prints a line.
        steps: the steps there are.

    Returns:
        The exit code: 1 if one of these steps failed or the file could not be written, else 0.

    Raises:
        InputError: the file cannot be written before anything is measured.
        KeyboardInterrupt: as it came; what was measured until then is written.
    """
    write_report(out, report)
    unwritten = ""
    for name in (one for one in steps if one in names):
        rig.note(name)
        result, stop = _one(steps[name], rig)
        report.steps[name] = result
        say(f"{name:9s} {result.state:8s} {result.said} ({result.seconds:.0f} s)")
        unwritten = _write(out, report, say)
        if stop is not None:
            raise stop
    if unwritten:
        say(f"{unwritten}; this is what belongs into it:\n{as_json(report)}")
        return 1
    return int(any(report.steps[name].state == "failed" for name in names))


def _one(step: Step, rig: Rig) -> tuple[StepResult, KeyboardInterrupt | None]:
    """Runs one step; what it has measured stays, however it ends."""
    began, begun_s = datetime.now(timezone.utc), monotonic()
    found: Found = {}
    state: State = "failed"
    stop = None
    try:
        said = step(rig, found)
        state = "passed"
    except Skipped as exc:
        state, said = "skipped", str(exc)
    except InputError as exc:
        said = str(exc)
    except KeyboardInterrupt as exc:
        state, said, stop = "stopped", "stopped by Ctrl-C", exc
    except Exception as exc:  # a fault of ours must not cost the other steps
        LOG.debug("a step broke", exc_info=True)
        said = f"{type(exc).__name__}: {exc}"
        found["trace"] = traceback.format_exc()
    seconds = round(monotonic() - begun_s, 2)
    return StepResult(state, said, began.isoformat(timespec="seconds"), seconds, found), stop


def _write(out: Path, report: Report, say: Callable[[str], object]) -> str:
    """ "" if the report is written, else why not; the next step tries again."""
    try:
        write_report(out, report)
    except InputError as exc:
        say(f"          {exc}: going on")
        return str(exc)
    return ""
