"""The clips and texts of ../shared/inputs give what its expected.json says."""

from __future__ import annotations

import json
import lzma
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from edge_app.cli.main import main

INPUTS = Path(__file__).parents[2] / "shared" / "inputs"
EXPECTED: dict[str, Any] = {"clips": {}, "texts": {}}
if INPUTS.exists():
    EXPECTED = json.loads((INPUTS / "expected.json").read_text(encoding="utf-8"))

pytestmark = [
    pytest.mark.skipif(not INPUTS.exists(), reason="../shared is not here"),
    pytest.mark.slow,
]


def count_in(lines: list[str]) -> int:
    """The count of the result's line, such as `squat: 2 (1 rejected)`."""
    results = [line for line in lines if ": " in line and not line.startswith("hint: ")]
    return int(results[-1].partition(": ")[2].split()[0])


@pytest.mark.parametrize("name", EXPECTED["clips"])
def test_a_clip(name: str, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    right = EXPECTED["clips"][name]
    monkeypatch.chdir(INPUTS / "clips")
    command = ["count", name, "--exercise", right["exercise"], "--quiet"]
    code = main([*command, *shlex.split(right.get("with", ""))])
    out, err = capfd.readouterr()
    assert code in right["exit"], err
    assert err.count("\n") <= 1
    if code != 2 and right.get("count"):
        assert count_in(out.splitlines()) in right["count"], out
    if right.get("with"):
        main(command)
        plain = capfd.readouterr().out
        assert "hint: " in plain or count_in(plain.splitlines()) in right["count"], plain


@pytest.mark.parametrize("name", EXPECTED["texts"])
def test_a_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd) -> None:
    right = EXPECTED["texts"][name]
    monkeypatch.chdir(INPUTS / "texts")
    words = shlex.split(right["command"])[1:]
    if name.endswith(".xz"):
        unpacked = tmp_path / name[: -len(".xz")]
        with lzma.open(name) as packed, unpacked.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        words[-1] = str(unpacked)
    code = main(words)
    out, err = capfd.readouterr()
    assert code in right["exit"], err
    assert err.count("\n") <= 1
    if isinstance(right["count"], int):
        assert count_in(out.splitlines()) == right["count"], out
    elif right["count"]:
        low, high = right["count"]
        assert low <= count_in(out.splitlines()) <= high, out
