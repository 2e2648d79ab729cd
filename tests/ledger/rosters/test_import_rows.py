"""Rows of an import: remembered as JSON, revived as they were."""

from __future__ import annotations

import dataclasses
import json

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger import schema
from edge_app.ledger.roster import Enrolment, SchoolClass, class_id
from edge_app.ledger.rosters.import_rows import Row, chunks, digest, note_of, revived
from tests.ledger.making import make_student

ADA = make_student("Ada")
OF = SchoolClass(class_id("", "7A"), "7A")
ROWS = [
    (schema.students, dict(ADA.__dict__)),
    (schema.students, {**ADA.__dict__, "birth_date": None}),
    (schema.classes, dict(OF.__dict__)),
    (schema.enrolments, {**Enrolment(OF.id, ADA.id).__dict__, "id": Enrolment(OF.id, ADA.id).id}),
]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_row_comes_back_as_it_was(table: schema.Table, row: Row) -> None:
    stored = json.loads(json.dumps(note_of(table, row, row)["before"]))
    assert revived(table, stored) == row


def test_a_digest_tells_every_change_but_not_its_time() -> None:
    row = dict(ADA.__dict__)
    same = note_of(schema.students, {**row, "changed_utc": "now"}, None)
    assert same["after"] == digest(row) and same["before"] is None
    other = dataclasses.replace(ADA, grade="9").__dict__
    assert digest(dict(other)) != digest(row) and ADA.first_name not in digest(row)


def test_ids_go_in_pieces() -> None:
    ids = [ADA.id] * 1203
    assert [len(some) for some in chunks(ids)] == [500, 500, 203]
