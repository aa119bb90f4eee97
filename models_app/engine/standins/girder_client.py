"""Stand-in for `girder_client`: MONAI Label's datastore for a Digital Slide Archive imports it; nobody here has one."""

from typing import Any, NoReturn


class HttpError(Exception):
    """Named in that datastore's `except` clauses."""


class GirderClient:
    """Refuses to be used."""

    def __init__(self, *args: Any, **options: Any) -> NoReturn:
        raise NotImplementedError("Radicula reads no Digital Slide Archive.")
