"""The second witness: a learned reading of which exercise is going on, and of its phase."""
