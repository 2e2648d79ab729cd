"""A short run of the fuzzer; the long one is `python -m tests.fuzz`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
pytestmark = pytest.mark.slow


def test_damaged_files_get_a_sentence_and_a_documented_exit_code(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--count", "90", "--jobs", "1"]
    kept = ["--kept", str(tmp_path)]
    done = subprocess.run([*command, *kept], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_fault_is_one() -> None:
    code = (
        "import tempfile; from pathlib import Path; from tests.fuzz.__main__ import run;"
        "from tests.fuzz.cases import Case; import edge_app.cli.main as m;"
        "m.main = lambda words: {'boom': lambda: 1 / 0, 'odd': lambda: 9}[words[0]]();"
        "place = Path(tempfile.mkdtemp());"
        "print([run(Case('x', (w,)), place).fault for w in ('boom', 'odd')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['traceback', 'exit code 9']\n"
