"""Values kept in memory while they fit."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

MOST_BYTES = 1024**3

Kept = TypeVar("Kept")


class KeptByBytes(Generic[Kept]):
    """Values by key while they fit; the one unused for longest goes first. A value is made once, whoever asks.

    Parameters
    ----------
    most_bytes : int
        In all. One value alone may be larger: it stays until the next one comes.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._values: OrderedDict[Any, tuple[Kept, int]] = OrderedDict()
        self._makers: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], tuple[Kept, int]]) -> Kept:
        """A value, made with its size in bytes where it is not at hand."""
        with self._lock:
            maker = self._makers.setdefault(key, threading.Lock())
        with maker:
            found = self._find(key)
            if found is None:
                found, size = make()
                self._keep(key, found, size)
        with self._lock:
            self._makers.pop(key, None)
        return found

    def _find(self, key: Any) -> Kept | None:
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def _keep(self, key: Any, value: Kept, size: int) -> None:
        with self._lock:
            self._values[key] = (value, size)
            while len(self._values) > 1 and sum(row[1] for row in self._values.values()) > self._most:
                self._values.popitem(last=False)
