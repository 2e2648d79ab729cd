"""What the commands print."""

from __future__ import annotations

from edge_app.sinks.lines import rep_line, result_line
from tests.sinks.made import attempt, result


def test_lines_say_score_or_reason() -> None:
    good, bad = (rep_line(verdict) for verdict in attempt().verdicts)
    assert "score 0.90" in good
    assert "REJECTED" in bad and "Not high enough." in bad


def test_the_last_line_has_count_rejections_and_ending() -> None:
    both = attempt()
    assert result_line("sit-up", result(both)) == "sit-up: 1 (1 rejected)"
    both.ended = "time"
    assert result_line("sit-up", result(both)) == "sit-up: 1 (1 rejected, ended by time)"
    assert result_line("sit-up", result(None)) == "sit-up: 0"
