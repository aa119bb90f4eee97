"""Images that a client sends to be segmented once or twice: kept for an hour, for the one who sent them alone."""

import contextlib
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.cache import cache

from access.errors import ApplicationError, InvalidInput, NotFound
from access.models import Study, User

LEASE_SECONDS = 3600
"""A session ends so long after its last use."""

MOST_SESSIONS = 4
"""Of one user at a time."""

MOST_BYTES = 512 * 1024**2
SUFFIXES = (".nii.gz", ".nii")


class TooManySessions(ApplicationError):
    """A user has so many already."""

    status = 429
    title = "Too many sessions"


@dataclass(frozen=True)
class ClientSession:
    """An image that a client sent.

    Attributes
    ----------
    id : str
    user, study : str
        Whose it is, and where.
    file : str
        Its name in the folder of the session.
    made_at, used_at, seconds : int
        Unix times, and how long it lives after its last use.
    """

    id: str
    user: str
    study: str
    file: str
    made_at: int
    used_at: int
    seconds: int

    @property
    def path(self) -> Path:
        """The image."""
        return _folder() / self.id / self.file

    def to_json(self) -> dict[str, Any]:
        """As MONAI Label's clients are told of it; no path."""
        return {
            "name": self.id,
            "image": self.file,
            "meta": {},
            "create_ts": self.made_at,
            "last_access_ts": self.used_at,
            "expiry": self.seconds,
        }


def session_create(
    *, study: Study, user: User, name: str, pieces: Iterable[bytes], seconds: int | None = None
) -> ClientSession:
    """Keep an image for a while.

    Parameters
    ----------
    study, user : Study, User
        Where, and whose.
    name : str
        What the client calls the file.
    pieces : iterable of bytes
        Its content.
    seconds : int, optional
        How long to keep it after its last use; at most, and without a number, an hour.

    Raises
    ------
    InvalidInput
        If it is no NIfTI file, or too large.
    TooManySessions
        If the user has several already.
    """
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if suffix is None:
        raise InvalidInput("A session takes one image as .nii.gz or .nii.", {"files": ["Not a NIfTI file."]})
    _sweep()
    mine = [session for session in _all() if session.user == str(user.pk)]
    if len(mine) >= MOST_SESSIONS:
        raise TooManySessions(f"You have {len(mine)} sessions open; end one, or wait until one of them expires.")
    now = int(time.time())
    session = ClientSession(
        id=str(uuid4()),
        user=str(user.pk),
        study=str(study.pk),
        file=f"image{suffix}",
        made_at=now,
        used_at=now,
        seconds=min(seconds, LEASE_SECONDS) if seconds else LEASE_SECONDS,
    )
    # Known before its file is there: a sweep of another process takes away folders of nobody.
    _keep(session)
    session.path.parent.mkdir(parents=True, mode=0o700)
    try:
        _write(session.path, pieces)
    except BaseException:
        session_remove(session=session)
        raise
    return session


def session_get(*, study: Study, user: User, session_id: str) -> ClientSession:
    """A session of this user in this study; looking at it makes it last longer.

    Raises
    ------
    NotFound
        If there is none (any more), or it is someone else's.
    """
    session = _find(session_id)
    if session is None or (session.user, session.study) != (str(user.pk), str(study.pk)) or not session.path.is_file():
        raise NotFound("There is no such session (any more): send the image again.")
    used = ClientSession(**{**asdict(session), "used_at": int(time.time())})
    _keep(used)
    return used


def session_remove(*, session: ClientSession) -> None:
    """End a session and forget its image."""
    cache.delete(_key(session.id))
    shutil.rmtree(_folder() / session.id, ignore_errors=True)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    written = 0
    with path.open("wb") as stream:
        for piece in pieces:
            written += len(piece)
            if written > MOST_BYTES:
                raise InvalidInput(
                    f"A session takes images of up to {MOST_BYTES // 1024**2} MB; this one is larger.",
                    {"files": ["Too large."]},
                )
            stream.write(piece)


def _folder() -> Path:
    folder: Path = settings.CONFIGURATION.home / "client-sessions"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _key(session_id: str) -> str:
    return f"client-session:{session_id}"


def _keep(session: ClientSession) -> None:
    # The cache forgets it by itself when the lease ends.
    cache.set(_key(session.id), asdict(session), timeout=session.seconds)


def _find(session_id: str) -> ClientSession | None:
    with contextlib.suppress(ValueError):
        stored = cache.get(_key(str(UUID(session_id))))
        return ClientSession(**stored) if stored is not None else None
    return None


def _all() -> list[ClientSession]:
    found = (_find(path.name) for path in _folder().iterdir())
    return [session for session in found if session is not None]


def _sweep() -> None:
    """Take away the images of sessions that have ended."""
    for path in _folder().iterdir():
        if _find(path.name) is None:
            shutil.rmtree(path, ignore_errors=True)
