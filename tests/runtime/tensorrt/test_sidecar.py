"""What stands beside an engine: read back as it was written, and refused when it is wrong."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.runtime.certificate import FORMAT, TENSORRT, certificate_path
from edge_app.runtime.open import open_backend
from edge_app.runtime.tensorrt.sidecar import (
    QDQ,
    check_engine_certificate,
    read_sidecar,
    sidecar_path,
    write_sidecar,
)
from tests.runtime.tensorrt.processes import children


def test_a_sidecar_comes_back_as_it_was_written(engine: Path) -> None:
    sidecar = read_sidecar(engine)
    write_sidecar(engine, sidecar)
    assert read_sidecar(engine) == sidecar
    assert set(sidecar.machine) == {"tensorrt", "gpu", "compute_capability"}


def test_int8_ranges_of_this_device_need_a_certificate_of_this_engine(engine: Path) -> None:
    fp16 = read_sidecar(engine)
    check_engine_certificate(engine, fp16)
    check_engine_certificate(engine, dataclasses.replace(fp16, precision="int8", calibration=QDQ))
    own = dataclasses.replace(fp16, precision="int8", calibration="by pictures")
    with pytest.raises(InputError, match=r"without an accuracy certificate .* Q/DQ model"):
        check_engine_certificate(engine, own)
    certificate = {
        "format": FORMAT,
        "passed": {TENSORRT: "8.6"},
        "files": [{"sha256": "of another"}],
    }
    certificate_path(engine).write_text(json.dumps(certificate))
    with pytest.raises(InputError, match="certifies another file"):
        check_engine_certificate(engine, own)
    certificate["files"] = [{"sha256": fp16.engine_sha256}]
    certificate_path(engine).write_text(json.dumps(certificate))
    check_engine_certificate(engine, own)


def damage_engine(path: Path, kind: str) -> None:
    """What can happen to files on a device's card."""
    side = sidecar_path(path)
    sidecar = read_sidecar(path)
    engine, text, table = path.read_bytes(), side.read_text(), json.loads(side.read_text())
    engines = {
        "engine cut": engine[:1000],
        "engine empty": b"",
        "engine swapped": engine.replace(b'"FP16"', b'"INT8"'),
    }
    sidecars = {
        "sidecar cut": text[:80],
        "sidecar binary": "\0\1\2",
        "sidecar of lists": "[1]",
        "key missing": json.dumps({k: v for k, v in table.items() if k != "gpu"}),
        "key unknown": json.dumps({**table, "colour": "red"}),
        "value of another kind": json.dumps({**table, "input_h": "192"}),
        "later format": json.dumps({**table, "format": 2}),
    }
    changes: dict[str, dict] = {
        "other scaling": {"scaling": "bgr/255"},
        "other size": {"input_h": 256},
        "no interpreter": {"python": "/nowhere/python3"},
    }
    if kind in engines:
        path.write_bytes(engines[kind])
    elif kind in sidecars:
        side.write_text(sidecars[kind])
    elif kind in changes:
        write_sidecar(path, dataclasses.replace(sidecar, **changes[kind]))
    else:
        {"no engine": path, "no sidecar": side}[kind].unlink()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("engine cut", "does not match its sidecar"),
        ("engine empty", "does not match its sidecar"),
        ("engine swapped", "does not match its sidecar"),
        ("no engine", "no such engine"),
        ("no sidecar", "build it again on this device"),
        ("sidecar cut", "is damaged"),
        ("sidecar binary", "is damaged"),
        ("sidecar of lists", "it must be a table, not a list"),
        ("key missing", "missing key 'gpu'"),
        ("key unknown", "unknown key 'colour'"),
        ("value of another kind", "'input_h' must be a whole number, not '192'"),
        ("later format", "'format' must be 1, not 2"),
        ("other scaling", "does not fit this program"),
        ("other size", "its sidecar says"),
        ("no interpreter", "cannot start /nowhere/python3"),
    ],
)
def test_damaged_files_are_refused_with_the_reason(engine: Path, kind: str, words: str) -> None:
    before = children()
    damage_engine(engine, kind)
    with pytest.raises(InputError, match=words) as caught:
        open_backend(engine)
    assert "\n" not in str(caught.value)
    assert children() == before
