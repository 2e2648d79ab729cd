"""The house's own rules: sizes, tests beside modules, one maker of counters, one way down."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "edge_app"
MODULES = sorted(
    p for p in APP.rglob("*.py") if p.name not in ("__init__.py", "__main__.py")
    and "migrations" not in p.parts
)  # fmt: skip
LONGEST_FUNCTION, MOST_ATTRIBUTES = 60, 10
WORKER = APP / "runtime/tensorrt/worker.py"  # one file by design: another Python runs it


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def attributes(kind: ast.ClassDef) -> set[str]:
    """Names that a class's own methods set on `self`."""
    return {
        node.attr
        for node in ast.walk(kind)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name) and node.value.id == "self"
    }  # fmt: skip


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name} {node.end_lineno - node.lineno + 1}"
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_a_class_with_many_attributes_says_why() -> None:
    many = []
    for path in MODULES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and len(attributes(node)) > MOST_ATTRIBUTES:
                above = " ".join(lines[max(0, node.lineno - 4) : node.lineno])
                if "attributes:" not in above:
                    many.append(f"{path.relative_to(ROOT)}:{node.name} {len(attributes(node))}")
    assert many == []


def test_one_file_makes_counters() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if re.search(r"\b(?:RepCounter|HoldCounter|AutoCounter)\(", path.read_text("utf-8"))
    }
    assert makers == {"edge_app/exercise/build.py"}


# Modules without a test file of their own name, and what tests them.
EXCEPTIONS = dict(
    line.split(": ", 1)
    for line in (ROOT / "tests/untested_names.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(APP)))
def test_a_module_has_a_test_of_its_name(path: Path) -> None:
    own = path.relative_to(APP)
    there = (ROOT / "tests" / own.parent / f"test_{own.name}").is_file()
    excused = str(own) in EXCEPTIONS
    assert there != excused, "either a test of this name or a reason in tests/untested_names.txt"


def test_exceptions_are_of_modules_that_exist() -> None:
    assert [name for name in EXCEPTIONS if not (APP / name).is_file()] == []
