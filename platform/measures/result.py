"""Numbers that may be undefined: each None comes with its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A value, or the reason why there is none.

    Attributes
    ----------
    value : float or None
        The number; None where it is undefined, never 0 in its place.
    undefined : str or None
        Why, in words; None where there is a value.
    """

    value: float | None
    undefined: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.undefined is None):
            raise ValueError("A measure has either a value or a reason why it has none.")


def undefined(reason: str) -> Measure:
    """Return a measure without a value."""
    return Measure(None, reason)
