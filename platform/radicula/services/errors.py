"""The problems that a person can solve, told in one line."""


class StartError(Exception):
    """Something outside the program stands in the way of starting; the message says what to do."""


class StopRequested(Exception):
    """Someone asked for the end (Ctrl-C, SIGTERM) while something was starting."""
