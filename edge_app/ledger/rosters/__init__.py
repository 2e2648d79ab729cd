"""Rosters as schools send them: read, compared with the ledger, stored, taken back."""
