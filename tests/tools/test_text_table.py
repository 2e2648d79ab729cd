"""Tables as text and as Markdown."""

from __future__ import annotations

from edge_app.tools.text_table import Table

TABLE = Table("Counts", ("name", "n"), [("a long name", "1"), ("b|c", "20")], "A note.")


def test_columns_stand_below_each_other() -> None:
    lines = TABLE.text().splitlines()
    assert lines == ["Counts", "A note.", "name          n", "a long name   1", "b|c          20"]


def test_markdown_escapes_what_would_be_a_column() -> None:
    assert TABLE.markdown().splitlines() == [
        "## Counts", "", "A note.", "", "| name | n |", "| --- | --: |", "| a long name | 1 |",
        "| b\\|c | 20 |",
    ]  # fmt: skip
