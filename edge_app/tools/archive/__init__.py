"""A folder of clips counted on many machines, each clip once, into one ledger."""
