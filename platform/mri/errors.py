"""The one error that the image layer raises at a user."""

from __future__ import annotations

from typing import Literal

ErrorReason = Literal[
    "not-found",
    "not-nifti",
    "truncated",
    "damaged",
    "not-3d",
    "unsupported-dtype",
    "bad-affine",
    "bad-header",
    "grid-mismatch",
    "unknown-label",
    "not-integer-labels",
    "bad-name",
    "not-a-zip",
    "unsafe-path",
    "archive-bomb",
    "too-large",
    "bad-changes",
    "base-mismatch",
    "bad-gradients",
    "bad-points",
]


class ImageError(ValueError):
    """An image, a label map or an archive can't be used as it is.

    Parameters
    ----------
    message : str
        One clear sentence: what came, what was expected, what to do.
    reason : ErrorReason
        A stable code for programs; the message is for people.

    Notes
    -----
    Both arguments are positional and kept in ``args``, so that the error survives pickling between worker processes.
    """

    def __init__(self, message: str, reason: ErrorReason) -> None:
        super().__init__(message, reason)
        self.message = message
        self.reason: ErrorReason = reason

    def __str__(self) -> str:
        return self.message
