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
    line : int or None
        Where in the file, from 1; None where there is no file or it can't be told.
    """

    def __init__(self, source: str, key: str, came: str, expected: str, line: int | None = None) -> None:
        super().__init__(source, key, came, expected, line)
        self.source = source
        self.key = key
        self.came = came
        self.expected = expected
        self.line = line

    @property
    def reason(self) -> str:
        """What is wrong, without the file."""
        return f"{self.came} came, {self.expected} was expected."

    def __str__(self) -> str:
        where = ", ".join(
            part for part in (self.source, f"line {self.line}" if self.line is not None else "", self.key) if part
        )
        return f"{where}: {self.reason}"
