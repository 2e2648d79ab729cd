"""The one exception that is shown to the user, and the exit codes that are no success."""

INVALID = 2  # nothing was done: the input cannot be used
DAMAGED = 3  # a clip was counted as far as it can be read


class InputError(Exception):
    """Invalid input from the user. Its text is one sentence; the exit code is 2."""
