"""The class lists of `../shared/inputs/rosters`, each with what is right for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
pytest.importorskip("openpyxl", reason="needs the extra `kiosk`")

from edge_app.cli.main import main
from edge_app.ledger.ledger import Ledger

INPUTS = Path(__file__).parents[3] / "../shared/inputs"
EXPECTED = INPUTS / "expected.json"
ROSTERS: dict[str, Any] = (
    json.loads(EXPECTED.read_text(encoding="utf-8"))["rosters"] if EXPECTED.is_file() else {}
)


@pytest.mark.skipif(not ROSTERS, reason="../shared/inputs is not there")
@pytest.mark.parametrize("name", ROSTERS or ["none"])
def test_a_class_list_gives_what_is_right(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = ROSTERS[name]
    url = str(tmp_path / "ledger.sqlite")
    for file in filter(None, (right.get("after"), name)):
        code = main(["results", "import", str(INPUTS / "rosters" / file), "--ledger", url])
    said = capsys.readouterr()
    assert code == right["exit"], said.out + said.err
    assert said.err.count("\n") <= 1
    if "said" in right:
        assert re.search(right["said"], said.out + said.err), said.out
    ledger = Ledger(url)
    try:
        _check(ledger, right)
    finally:
        ledger.close()


def _check(ledger: Ledger, right: dict[str, Any]) -> None:
    students = {s.number: s for s in ledger.roster.students()}
    if "students" in right:
        assert {n: [s.first_name, s.last_name] for n, s in students.items()} == right["students"]
    for number, born in right.get("born", {}).items():
        assert str(students[number].birth_date) == born
    for number, grade in right.get("grade", {}).items():
        assert students[number].grade == grade
    classes = {c.name: c for c in ledger.roster.classes()}
    for title, numbers in right.get("classes", {}).items():
        assert _numbers(ledger, classes[title]) == numbers
    assert right.get("not_class") not in classes
    names = {s.name for s in students.values()}
    assert set(right.get("names_only", [])) <= names
    for some in right.get("names_any", []):
        assert names & set(some)
    if "school" in right:
        assert {s.school for s in students.values()} == {right["school"]}


def _numbers(ledger: Ledger, of: Any) -> list[str]:
    return sorted(s.number for s in ledger.roster.students(of.id))
