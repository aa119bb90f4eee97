from django.apps import AppConfig

from radicula.celery import app as celery_app

__all__ = ["RadiculaConfig", "celery_app"]


class RadiculaConfig(AppConfig):
    """The project as an app: for its commands, and so that every process binds tasks to one Celery application."""

    name = "radicula"
    verbose_name = "Radicula"
