"""Counts a folder of clips on many machines, each clip once, into one ledger."""
