"""Outputs of a count: document, table, video, track."""
