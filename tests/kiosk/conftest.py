"""Lets the tests of this room import its fakes; without the extra they are skipped whole."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "argon2", "prometheus_client")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["test_*.py"]
