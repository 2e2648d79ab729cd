"""Reads a roster of any kind: what a file is, its content tells, not its name."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath
from typing import Mapping

from edge_app.errors import InputError
from edge_app.ledger.rosters import linked, oneroster
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.workbook import ZIP, ZIP_FAULTS, is_workbook
from edge_app.ledger.text_encoding import MAX_BYTES
from edge_app.texts import read_bytes

_KNOWN = {*oneroster.FILES, *(name for form in linked.FORMATS for name in form.files)}
_LISTS = (".csv", ".txt", ".tsv", ".xlsx")
_MOST_FILES = 2000


def read_roster(data: bytes, name: str, how: Reading) -> RosterFile:
    """Reads an uploaded file: a CSV, an Excel workbook, or a zip of OneRoster, Clever or School
    Data Sync files, or of one class list.

    Raises:
        InputError: the file cannot be read at all; bad rows are listed in the result instead.
    """
    if not data.startswith(ZIP):
        return read_csv(data, name, how)
    files = _unzip(data, name)
    return read_csv(data, name, how) if files is None else _read_files(files, name, how)


def read_roster_path(path: Path, how: Reading) -> RosterFile:
    """Reads a roster from the disk, where it may also be a folder of files.

    Raises:
        InputError: as for `read_roster`, or there is no such file.
    """
    try:
        folder = path.is_dir()
    except (OSError, ValueError):  # no name for a file
        folder = False
    if not folder:
        return read_roster(read_bytes(path, MAX_BYTES), path.name, how)
    there = {p.name.lower(): p for p in path.iterdir() if p.is_file()}
    files = {name: read_bytes(p, MAX_BYTES) for name, p in there.items() if name in _KNOWN}
    return _read_files(files, str(path), how)


def _read_files(files: Mapping[str, bytes], name: str, how: Reading) -> RosterFile:
    form = linked.format_of(files)
    if form is not None:
        return linked.read_linked(files, form, how)
    lists = [n for n in files if n not in _KNOWN]
    if len(lists) == 1 and len(files) == 1:
        return read_csv(files[lists[0]], f"{name}/{lists[0]}", how)
    return oneroster.read_oneroster(files, how)


def _unzip(data: bytes, name: str) -> dict[str, bytes] | None:
    """Reads the files of a roster from a zip, in any folder of it, without touching the disk; None
    for a workbook, which is a zip too."""
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if is_workbook(archive.namelist()):
                return None
            if "content.xml" in archive.namelist() and "mimetype" in archive.namelist():
                raise InputError(f"{name} is an OpenDocument file: save it as .xlsx or as CSV")
            for info in archive.infolist()[:_MOST_FILES]:
                path = PurePosixPath(info.filename.replace("\\", "/"))
                base = path.name.lower()
                hidden = path.name.startswith(".") or "__macosx" in info.filename.lower()
                if (
                    not base
                    or info.filename.endswith("/")
                    or hidden
                    or not (base in _KNOWN or base.endswith(_LISTS))
                ):
                    continue
                if base in files:
                    raise InputError(f"{name} contains {base} twice")
                with archive.open(info) as file:
                    files[base] = file.read(MAX_BYTES + 1)  # decode refuses what is longer
            known = {base: content for base, content in files.items() if base in _KNOWN}
            return known or files
    except ZIP_FAULTS as exc:
        raise InputError(f"cannot read {name}: not a valid zip file ({exc})") from exc
