"""Puts a release on a device, tries it, and takes it back. Standard library only: see __main__."""
