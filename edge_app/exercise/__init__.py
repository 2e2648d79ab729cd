"""From poses to counted repetitions, and rejected ones with a reason."""
