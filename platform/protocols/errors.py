"""The error of a protocol file."""

from __future__ import annotations


class ProtocolError(ValueError):
    """A protocol can't be used as it is written.

    Parameters
    ----------
    source : str
        The file (or ``"stored protocol"``).
    key : str
        Path of the key, such as ``labels[2].colour``; empty for the file as a whole.
    came : str
        What is there.
    expected : str
        What should be.
    """

    def __init__(self, source: str, key: str, came: str, expected: str) -> None:
        super().__init__(source, key, came, expected)
        self.source = source
        self.key = key
        self.came = came
        self.expected = expected

    def __str__(self) -> str:
        where = f"{self.source}, {self.key}" if self.key else self.source
        return f"{where}: {self.came} came, {self.expected} was expected."
