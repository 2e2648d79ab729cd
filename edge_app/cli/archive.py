"""`reps count --ray`: all clips below a folder, each counted once, into the ledger."""

from __future__ import annotations

import argparse
import uuid
from collections import Counter
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Iterable, Mapping

from edge_app.cli.options import orientation
from edge_app.errors import InputError
from edge_app.ledger.finished_attempt import FinishedAttempt
from edge_app.ledger.ledger import Ledger, default_url
from edge_app.ledger.recording import Start
from edge_app.session.protocol import Protocol
from edge_app.sinks.terminal import Progress
from edge_app.tools.archive.job import Counted, Job, attempt_id, clips_in
from edge_app.tools.archive.ray_runner import Outcome, cluster, count_all

STATION = "archive"  # station name of these attempts in the ledger
END_OF_CLIP = "stopped"  # the ledger's ending for attempts that no rule of the test ended
FOR_ONE_CLIP = ("out", "json", "csv", "coco", "timing", "max_fps")


def count_archive(args: argparse.Namespace) -> int:
    """Counts clips that are not in the ledger yet. Returns 0, or 1 if a clip failed.

    Every clip's attempt is stored in one transaction as soon as it is counted, so that the command
    can be stopped at any time and run again.

    Raises:
        InputError: wrong options, no clip, no cluster, or a ledger that cannot be written.
    """
    for option in FOR_ONE_CLIP:
        if getattr(args, option):
            raise InputError(
                f"--{option.replace('_', '-')} works with one clip only, not with --ray"
            )
    if args.mats != 1:
        raise InputError("--mats works with one clip only, not with --ray")
    order, clips = _order(args), clips_in(args.clip.resolve())
    said: Counter[str] = Counter()
    try:
        _count(args, order, clips, said)
    except KeyboardInterrupt:
        print("stopped; finished clips are in the ledger, run the same command to continue")
        return 130
    print(
        f"{len(clips)} clips: {said['counted']} counted, {said['known']} already known, "
        f"{said['failed']} could not be counted"
    )
    return int(said["failed"] > 0)


def _count(args: argparse.Namespace, order: Job, clips: Iterable[Path], said: Counter[str]) -> None:
    folder, rules, mark = args.clip.resolve(), order.rules().protocol, order.mark()
    with closing(Ledger(args.ledger or default_url(), STATION)) as ledger:
        todo = _todo(ledger, folder, clips, mark, said)
        if todo:
            with cluster(args.ray) as ray, Progress(len(todo), "clip", args.quiet) as bar:
                for clip, outcome in count_all(ray, todo, order):
                    if isinstance(outcome, Counted):
                        name = str(clip.relative_to(folder))
                        ledger.store(_finished(todo[clip], name, _made(clip), rules, outcome))
                    said["counted" if isinstance(outcome, Counted) else "failed"] += 1
                    bar.line(f"{clip.relative_to(folder)}: {_line(rules.name, outcome)}")
                    bar.step()


def _order(args: argparse.Namespace) -> Job:
    """The options for every machine of the cluster: files by absolute paths."""

    def whole(name: str) -> str:
        return str(Path(name).resolve()) if Path(name).suffix else name

    return Job(
        exercise=args.exercise and whole(args.exercise),
        protocol=args.protocol and whole(args.protocol),
        model=whole(str(args.model or "fast")),
        threads=args.threads or 1,
        provider=args.provider,
        allow_fallback=args.allow_fallback,
        orientation=orientation(args),
    )


def _todo(
    ledger: Ledger, folder: Path, clips: Iterable[Path], mark: str, said: Counter[str]
) -> Mapping[Path, uuid.UUID]:
    """Clips that are not in the ledger, with their future ids; of copies, the first one."""
    ids: dict[uuid.UUID, Path] = {}
    for clip in clips:
        try:
            one = attempt_id(clip, mark)
        except InputError as exc:
            said["failed"] += 1
            print(exc)
            continue
        if one in ids:
            said["known"] += 1
            print(f"{clip.relative_to(folder)}: the same as {ids[one].relative_to(folder)}")
        else:
            ids[one] = clip
    fresh = ledger.unknown(list(ids))
    said["known"] += len(ids) - len(fresh)
    return {clip: one for one, clip in ids.items() if one in fresh}


def _finished(
    one: uuid.UUID, name: str, made: datetime, rules: Protocol, counted: Counted
) -> FinishedAttempt:
    """The attempt for the ledger, with the clip's name in place of the mat."""
    start = Start(rules, counted.start_s, mat=name, model=counted.model)
    ended = counted.ended or END_OF_CLIP
    return FinishedAttempt(one, start, made, counted.verdicts, counted.evidence, ended)


def _line(name: str, outcome: Outcome) -> str:
    if not isinstance(outcome, Counted):
        return outcome
    rejected = sum(not v.counted for v in outcome.verdicts)
    more = [f"{rejected} rejected"] if rejected else []
    more += [f"ended by {outcome.ended}"] if outcome.ended else []
    more += [] if outcome.seen else ["nobody seen"]
    more += [outcome.damage] if outcome.damage else []
    return f"{name}: {outcome.score}" + (f" ({', '.join(more)})" if more else "")


def _made(clip: Path) -> datetime:
    """When a clip was last written, as an approximation of the day of the test."""
    return datetime.fromtimestamp(clip.stat().st_mtime, timezone.utc)
