"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.cli.options import add_model, open_network, rate
from edge_app.errors import InputError
from edge_app.runtime.open import shipped_model


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["doctor", "--threads", "-1"], "argument --threads: must be at least 0"),
        (["count", "a.mp4", "--max-fps", "0"], "argument --max-fps: must be above 0"),
        (["evaluate", "m.csv", "--max-fps", "-5"], "argument --max-fps: must be above 0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(arguments: list[str], said: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_what_is_left_out_is_the_fast_network_on_all_cores() -> None:
    args = parsed()
    assert (args.model, args.threads, args.allow_fallback) == (None, 0, False)
    assert args.provider == "auto"
    assert open_network(args).path == shipped_model("fast")


def test_the_network_that_was_asked_for_is_opened(tmp_path: Path) -> None:
    copy = tmp_path / "own.onnx"
    copy.write_bytes(shipped_model("fast").read_bytes())
    assert open_network(parsed("--model", str(copy), "--threads", "1")).path == copy
    with pytest.raises(InputError, match="no such model"):
        open_network(parsed("--model", str(tmp_path / "none.onnx")))


@pytest.mark.parametrize("text", ["12", "0.5", "29.97"])
def test_rates(text: str) -> None:
    assert rate(text) == float(text)


@pytest.mark.parametrize("text", ["0", "-1", "nan"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be above 0"):
        rate(text)


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_model(parser)
    return parser.parse_args(words)
