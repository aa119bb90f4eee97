"""The application's errors. `radicula.problems` turns each into an HTTP answer, in one place.

A message says what came, what was expected and what to do. It is shown to the user as it is.
"""

from collections.abc import Mapping, Sequence


class ApplicationError(Exception):
    """Something that the user can be told.

    Parameters
    ----------
    detail : str
        One sentence for the user.
    fields : mapping of str to sequence of str, optional
        The same, field by field, where input fields are at fault.
    """

    status = 400
    title = "The request could not be carried out"

    def __init__(self, detail: str, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}


class InvalidInput(ApplicationError):
    """The input is wrong."""

    status = 400
    title = "The input is not valid"


class NotSignedIn(ApplicationError):
    """The credentials are wrong or missing."""

    status = 401
    title = "Sign in first"


class NotAllowed(ApplicationError):
    """The user may see the object, but not do this to it."""

    status = 403
    title = "Not allowed"


class NotFound(ApplicationError):
    """There is no such object, or this user may not see it: the answer is the same."""

    status = 404
    title = "Not found"


class Conflict(ApplicationError):
    """The object's state does not allow this now."""

    status = 409
    title = "Not possible in this state"


class Unavailable(ApplicationError):
    """A part of the site that is needed for this is away."""

    status = 503
    title = "A part of the site is away"
