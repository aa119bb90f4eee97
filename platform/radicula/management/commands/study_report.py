"""`manage.py study_report STUDY -o FOLDER`: a study's tables and figures, beside the protocol's published ones."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import Study
from blobs.services import BlobDamaged
from radicula.study_report.making import study_report

BAD_INPUT = 2


class Command(BaseCommand):
    """Write the report of a study from whatever it has by now."""

    help = "Write a study's report: what was read, trained and measured, beside the protocol's published figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which study, and where to."""
        parser.add_argument("study", metavar="STUDY", help="the study's address")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write its files and name them."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"there is no study '{options['study']}'; there are: {known}", returncode=BAD_INPUT)
        folder: Path = options["output"]
        try:
            files = study_report(study)
            folder.mkdir(parents=True, exist_ok=True)
            for name, data in files.items():
                (folder / name).write_bytes(data)
                self.stdout.write(str(folder / name))
        except (OSError, BlobDamaged) as error:
            raise CommandError(f"the report could not be written: {error}", returncode=1) from error
