"""The embedded services together: for a site's data folder, or in a temporary one for the tests."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from radicula.services.places import Home, home_locked, home_open, sockets_remove
from radicula.services.postgres import EmbeddedPostgres
from radicula.services.redis_server import EmbeddedRedis


@dataclass(frozen=True)
class ServiceAddresses:
    """Where the services of a data folder answer.

    Parameters
    ----------
    home : Path
        The data folder.
    database_url, redis_url, celery_broker_url : str
        The addresses as the site's settings take them.
    """

    home: Path
    database_url: str
    redis_url: str
    celery_broker_url: str

    def environment(self) -> dict[str, str]:
        """Return them as the environment variables that the site reads."""
        return {
            "RADICULA_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "CELERY_BROKER_URL": self.celery_broker_url,
        }


@contextmanager
def embedded_services(folder: Path, *, durable: bool = True) -> Iterator[ServiceAddresses]:
    """Run PostgreSQL and Redis in a data folder, for as long as the block lasts.

    Parameters
    ----------
    folder : Path
        The data folder; made when missing.
    durable : bool, default True
        False for data that nobody keeps; the database is then faster.

    Raises
    ------
    StartError
        If the folder can't be used, another process uses it, or a service does not start.
    """
    home: Home = home_open(folder)
    with ExitStack() as stack:
        stack.enter_context(home_locked(home))
        stack.callback(sockets_remove, home)
        postgres = stack.enter_context(EmbeddedPostgres(home, durable=durable))
        redis = stack.enter_context(EmbeddedRedis(home))
        yield ServiceAddresses(home.root, postgres.url, redis.url, redis.broker_url)


@contextmanager
def temporary_services() -> Iterator[ServiceAddresses]:
    """Run PostgreSQL and Redis in a new folder that is deleted at the end; nothing of `make run` is touched."""
    folder = Path(tempfile.mkdtemp(prefix="radicula-test-"))
    try:
        with embedded_services(folder, durable=False) as addresses:
            yield addresses
    finally:
        shutil.rmtree(folder)
