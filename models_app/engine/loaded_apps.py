"""The apps that a process holds in memory: one per study, replaced when another model version serves."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import close_old_connections

from access.errors import Conflict, NotFound
from access.models import Study
from models_app.engine.app import RadiculaApp
from models_app.selectors import model_version_serving

MOST_APPS = 4
"""So many studies' weights stay in memory; the one unused for longest goes first."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def with_database(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Drop database connections that went stale, before and after: nothing outside Django's own requests does it."""

    @functools.wraps(work)
    def guarded(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        close_old_connections()
        try:
            return work(*arguments, **named)
        finally:
            close_old_connections()

    return guarded


class LoadedApps:
    """Apps by study, the most recently used last."""

    def __init__(self) -> None:
        self._apps: OrderedDict[UUID, RadiculaApp] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, slug: str, *, needs_model: bool = True) -> RadiculaApp:
        """The app of a study with the version that serves now.

        Raises
        ------
        NotFound
            If there is no such study.
        Conflict
            If no version serves and one is needed.
        """
        study = Study.objects.filter(slug=slug).first()
        if study is None:
            raise NotFound(f"There is no study '{slug}'.")
        version = model_version_serving(study)
        if version is None and needs_model:
            raise Conflict(f"No model version serves in the study '{slug}'; promote one first.")
        # Held while weights load: two requests at once must not load them twice.
        with self._lock:
            app = self._apps.get(study.pk)
            loaded = app.model_version.pk if app is not None and app.model_version is not None else None
            if app is None or loaded != (version.pk if version is not None else None):
                app = RadiculaApp(study, version)
                self._apps[study.pk] = app
            self._apps.move_to_end(study.pk)
            while len(self._apps) > MOST_APPS:
                self._apps.popitem(last=False)
            return app
