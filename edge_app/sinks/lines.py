"""The lines that commands print about an attempt."""

from __future__ import annotations

from edge_app.pipeline.update import Result
from edge_app.session.attempt import Verdict


def rep_line(verdict: Verdict) -> str:
    """The line of one repetition."""
    rep = verdict.rep
    span = f"{rep.start_s:7.2f} – {rep.end_s:6.2f} s"
    said = " ".join(r.sentence for r in verdict.reasons)
    judged = f"score {rep.score:.2f}" if verdict.counted else "REJECTED "
    parts: list[str] = [f"{rep.number:3d}  {span}  {judged}", said]
    return "  ".join(p for p in parts if p).rstrip()


def result_line(title: str, result: Result) -> str:
    """The line of the result: count, rejections and ending."""
    attempt = result.attempt
    rejected = sum(not v.counted for v in attempt.verdicts) if attempt else 0
    said = [f"{rejected} rejected"] if rejected else []
    if attempt and attempt.ended:
        said.append(f"ended by {attempt.ended}")
    return f"{title}: {result.score}" + (f" ({', '.join(said)})" if said else "")
