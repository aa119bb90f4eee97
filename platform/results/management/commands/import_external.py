"""`manage.py import_external FOLDER --study SLUG --tool NAME`: another tool's label maps, for analyses to read."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import Study
from annotation.services.importing.external import import_external
from mri.errors import ImageError

BAD_INPUT = 2


class Command(BaseCommand):
    """Match a folder of label maps to the volumes of a study by their BIDS names."""

    help = "Import another tool's label maps, to be compared with raters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="NIfTI label maps with BIDS names")
        parser.add_argument("--study", required=True, metavar="SLUG", help="the study's address")
        parser.add_argument("--tool", required=True, metavar="NAME", help="what analyses call it")
        parser.add_argument(
            "--value", action="append", default=[], metavar="THEIRS=OURS", help="a value that means another here"
        )
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"there is no study '{options['study']}'", returncode=BAD_INPUT)
        try:
            values = {int(theirs): int(ours) for theirs, ours in (text.split("=") for text in options["value"])}
            report = import_external(
                study=study, folder=options["folder"], tool=options["tool"], by=None, values=values
            )
        except ValueError as error:
            raise CommandError("a value is written THEIRS=OURS, such as 1=2", returncode=BAD_INPUT) from error
        except ImageError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), indent=2))
            return
        for path, volume in report.matched.items():
            self.stdout.write(f"matched    {path}: {volume}")
        for path, reason in report.unmatched.items():
            self.stdout.write(f"left out   {path}: {reason}")
        for volume in report.without:
            self.stdout.write(f"no file    {volume}")
