"""Installs a release, tries it, and rolls it back. Standard library only: see __main__."""
