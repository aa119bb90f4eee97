"""`manage.py demo`: make the demo studies, or what of them is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from radicula.demo import demo_make


class Command(BaseCommand):
    help = "Make the demo studies: digital phantoms, two raters, a trained model."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo_make(self.stdout.write)
        except ApplicationError as error:
            raise CommandError(error.detail, returncode=2) from error
