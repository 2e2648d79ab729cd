"""Alembic's scripts: every step of the schema since the first."""
