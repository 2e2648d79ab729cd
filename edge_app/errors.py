"""The one exception that is shown to the user."""


class InputError(Exception):
    """Invalid input from the user. Its text is one sentence; the exit code is 2."""
