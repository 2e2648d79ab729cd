"""Options that several commands share."""

from __future__ import annotations

import pytest

from edge_app.cli.main import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["doctor", "--threads", "-1"], "argument --threads: 0 for all cores, or more"),
        (["count", "a.mp4", "--max-fps", "0"], "argument --max-fps: a rate above 0"),
        (["evaluate", "m.csv", "--max-fps", "-5"], "argument --max-fps: a rate above 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(arguments: list[str], said: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
