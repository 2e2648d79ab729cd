"""What is wrong with a tool's input is one sentence on stderr and exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from models.command import at_least, tool


@pytest.mark.parametrize("wrong", [InputError("no such thing"), FileNotFoundError("no such thing")])
def test_wrong_input_is_one_sentence(wrong: Exception, capsys: pytest.CaptureFixture) -> None:
    @tool("hammer")
    def main(argv: list[str] | None = None) -> int:
        if argv:
            raise wrong
        return 0

    assert main([]) == 0
    assert main(["nail"]) == 2
    assert capsys.readouterr().err == "hammer: no such thing\n"


def test_a_fault_of_the_program_is_not_hidden() -> None:
    @tool("hammer")
    def main(argv: list[str] | None = None) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        main([])


@pytest.mark.parametrize("value", [0, -3, float("nan")])
def test_an_option_that_is_too_small_is_named(value: float) -> None:
    at_least(1, rounds=1, shard_mb=1.5)
    with pytest.raises(InputError, match="--shard-mb must be at least 1, not"):
        at_least(1, rounds=4, shard_mb=value)


@pytest.mark.parametrize(
    ("module", "options", "said"),
    [
        ("evaluate", ["a/x.onnx", "--every", "0"], "--every must be at least 1"),
        ("evaluate", ["a/x.onnx", "b/x.onnx"], "the same name"),
        ("jitter", ["x.onnx", "--shots", "1"], "--shots must be at least 2"),
        ("jitter", ["x.onnx", "--stills", "0"], "--stills must be at least 1"),
        ("ladder_trained", ["run", "--out", "o", "--every", "0"], "--every must be at least 1"),
        ("ladder_trained", ["run", "--out", "o", "--rounds", "0"], "--rounds must be at least 1"),
        ("prune", ["r", "t", "--width=1", "--channels=8", "--out=o", "--images=0"], "--images"),
        ("pack", ["recipe.toml", "--out", "o", "--longest-px", "0"], "--longest-px must be"),
    ],
)
def test_options_are_checked_before_anything_is_read(
    module: str, options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    for needed in ("torch", "pycocotools", "torch_pruning", "matplotlib", "onnxslim"):
        pytest.importorskip(needed, reason="needs the extra `train`")
    main = __import__(f"models.{module}", fromlist=["main"]).main
    assert main([*options, "--data", str(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1
    assert printed.out == ""
