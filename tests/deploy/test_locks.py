"""The locks: every package of the kiosk, one hash each, for every target."""

from __future__ import annotations

import re

import pytest

from deploy.targets import TARGETS, Target

NEEDED = {
    "numpy", "onnxruntime", "opencv-python-headless", "tomli", "tqdm", "pillow", "av",
    "sqlalchemy", "alembic", "openpyxl", "fastapi", "uvicorn", "websockets", "argon2-cffi",
    "prometheus-client", "pip", "pydantic", "tomlkit", "typing-extensions",
}  # fmt: skip


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_a_lock_names_all_with_hashes(target: Target) -> None:
    pins = [line for line in target.lock.read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!]+ --hash=sha256:[0-9a-f]{64}", pin) for pin in pins)
    names = {pin.partition("==")[0] for pin in pins}
    assert names >= NEEDED
    assert len(names) == len(pins)
    # PostgreSQL's driver wants a package that has no wheel for Python 3.8 on ARM.
    assert ("psycopg" in names) == (target.name != "cp38-aarch64")


@pytest.mark.parametrize(
    ("name", "fits", "too_new"),
    [("cp38-aarch64", "manylinux_2_27_aarch64", "manylinux_2_28_aarch64"),
     ("cp311-x86_64", "manylinux_2_36_x86_64", "manylinux_2_37_x86_64")],
)  # fmt: skip
def test_wheels_are_not_newer_than_the_system(name: str, fits: str, too_new: str) -> None:
    options = TARGETS[name].pip_options
    assert f"--platform={fits}" in options
    assert f"--platform={too_new}" not in options
