"""The one exception that reaches the person at the keyboard."""


class InputError(Exception):
    """Something the user gave is wrong; its text is one sentence and the exit code is 2."""
