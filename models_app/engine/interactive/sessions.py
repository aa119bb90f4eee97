"""Who works on which volume, and what the last answer was: nobody sees or moves the state of another user."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from access.errors import ApplicationError, NotFound
from models_app.engine.interactive.answers import Region

LEASE_SECONDS = 900.0
"""A session ends so long after its last use."""

MOST_OF_USER = 2
"""The oldest of a user's own ends when one more is opened: two windows, no more."""

MOST = 64


class AllTaken(ApplicationError):
    """No place is left."""

    status = 429
    title = "All places are taken"


@dataclass
class Session:
    """A user at work on a volume.

    Attributes
    ----------
    id : str
    user, study, volume : str, str, UUID
        Whose it is, and of what.
    used_at : float
        Monotonic seconds.
    answer : Region
        What was answered last.
    sequence : int
        Number of that answer; 0 before the first.
    lock : threading.Lock
        Held while an answer is worked out: two requests of one user come one after the other.
    """

    id: str
    user: str
    study: str
    volume: UUID
    used_at: float
    answer: Region = field(default_factory=Region.empty)
    sequence: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Sessions:
    """The sessions of this process.

    Parameters
    ----------
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, *, user: str, study: str, volume: UUID) -> Session:
        """Begin one.

        Raises
        ------
        AllTaken
            If too many users work at once.
        """
        now = self._clock()
        with self._lock:
            self._end_old(now)
            own = sorted((row for row in self._sessions.values() if row.user == user), key=lambda row: row.used_at)
            for row in own[: max(0, len(own) - MOST_OF_USER + 1)]:
                del self._sessions[row.id]
            if len(self._sessions) >= MOST:
                raise AllTaken("Too many people use interactive tools at this moment; try again in a few minutes.")
            session = Session(str(uuid.uuid4()), user, study, volume, now)
            self._sessions[session.id] = session
            return session

    def get(self, session_id: str, *, user: str, study: str) -> Session:
        """The user's own session, which lasts longer by this.

        Raises
        ------
        NotFound
            If it ended, or is none of this user's in this study: the answer is the same.
        """
        now = self._clock()
        with self._lock:
            self._end_old(now)
            session = self._sessions.get(session_id)
            if session is None or (session.user, session.study) != (user, study):
                raise NotFound("This interactive session has ended; a new one is opened with the next mark.")
            session.used_at = now
            return session

    def close(self, session_id: str, *, user: str, study: str) -> None:
        """End the user's own session; as `get` where there is none."""
        self.get(session_id, user=user, study=study)
        with self._lock:
            self._sessions.pop(session_id, None)

    def __len__(self) -> int:
        with self._lock:
            self._end_old(self._clock())
            return len(self._sessions)

    def _end_old(self, now: float) -> None:
        for key in [row.id for row in self._sessions.values() if now - row.used_at > LEASE_SECONDS]:
            del self._sessions[key]
