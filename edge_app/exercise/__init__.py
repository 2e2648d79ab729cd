"""From poses to repetitions that count and repetitions that are rejected with a reason."""
