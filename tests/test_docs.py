"""The documentation holds together: links lead somewhere, every page can be found, none is long."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pytest

import edge_app
from edge_app.cli.main import main

ROOT = Path(__file__).parents[1]
ROOMS = ("edge_app", "models", "export", "calibration", "deploy", "docs", "tests")
PAGES = sorted([*ROOT.glob("*.md"), *(p for room in ROOMS for p in (ROOT / room).rglob("*.md"))])
PROGRAMS = sorted(
    p for room in ROOMS for kind in ("py", "sh", "toml") for p in (ROOT / room).rglob(f"*.{kind}")
)
HISTORY = ROOT / "CHANGELOG.md"  # names what once was
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|^(?: {4}|\t).*?$|`[^`\n]*`", re.M | re.S)
PATH = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w./-]+)`")
COMMAND = re.compile(
    r"(?:^ {4}|`|bin/)reps ((?:engine |results |calibrate |station )?[a-z]+(?:-[a-z]+)*\b)"
    r"([^`\n]*)",
    re.M,
)
MODULE = re.compile(rf"python -m ((?:{'|'.join(ROOMS)})[\w.]*)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@lru_cache(maxsize=None)
def links(page: Path) -> tuple[Path, ...]:
    """Where the page's relative links and pictures lead; what is code is no link."""
    found = LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))
    local = (unquote(link.partition("#")[0]) for link in found if "://" not in link)
    return tuple((page.parent / link).resolve() for link in local if link)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    assert [str(link) for link in links(page) if not link.exists()] == []


@pytest.mark.parametrize("page", [p for p in PAGES if p != HISTORY], ids=named)
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    paths = PATH.findall(page.read_text(encoding="utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [p for p in PAGES if p != HISTORY], ids=named)
def test_every_module_that_a_page_runs_is_there(page: Path) -> None:
    modules = [m.rstrip(".") for m in MODULE.findall(page.read_text(encoding="utf-8"))]
    files = {m: ROOT / m.replace(".", "/") for m in modules}
    lost = [m for m, f in files.items() if not (f.with_suffix(".py").exists() or f.is_dir())]
    assert lost == []


@lru_cache(maxsize=None)
def options(command: str) -> frozenset[str]:
    """What `reps COMMAND --help` offers."""
    if command.split(maxsplit=1)[0] in ("results", "kiosk"):
        pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
        pytest.importorskip("uvicorn", reason="needs the extra `kiosk`")
    said = io.StringIO()
    with redirect_stdout(said), pytest.raises(SystemExit) as left:
        main([*command.split(), "--help"])
    assert left.value.code == 0, command
    return frozenset(re.findall(r"--[a-z][a-z-]*", said.getvalue()))


@pytest.mark.parametrize("page", [p for p in PAGES if p != HISTORY], ids=named)
def test_every_option_of_reps_that_a_page_names_exists(page: Path) -> None:
    lost = [
        (command, option)
        for command, rest in COMMAND.findall(page.read_text(encoding="utf-8"))
        for option in re.findall(r"--[a-z][a-z-]*", rest.partition("#")[0])
        if option not in options(command)
    ]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_page_has_at_most_250_lines(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 250


def test_the_readme_has_at_most_120_lines() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            waiting += links(page)
    assert [named(page) for page in PAGES if page not in reached] == []


def test_every_page_that_a_program_names_is_there() -> None:
    lost = {
        (named(program), page)
        for program in PROGRAMS
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", program.read_text(encoding="utf-8"))
        if not (ROOT / page).is_file()
    }
    assert lost == set()


def test_the_changelog_begins_with_what_is_not_released_and_then_this_version() -> None:
    versions = re.findall(r"^## \[(.+?)\](?: - (\S+))?$", HISTORY.read_text(encoding="utf-8"), re.M)
    assert versions[0] == ("Unreleased", "")
    assert versions[1][0] == edge_app.__version__
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for _, day in versions[1:])
