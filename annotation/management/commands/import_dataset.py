"""`manage.py import_dataset FOLDER --study SLUG`: a dataset on the server's own disk into a study."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.models import Membership, Role, Study, User
from annotation.services.deriving import derived_request_missing
from annotation.services.importing.dataset import import_folder
from annotation.services.importing.outcome import ImportReport, Outcome
from mri.errors import ImageError

BAD_INPUT = 2


class Command(BaseCommand):
    """Import a folder and print what became of each file."""

    help = "Import a BIDS tree or a folder of NIfTI files into a study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a BIDS tree or loose NIfTI files")
        parser.add_argument("--study", required=True, metavar="SLUG", help="the study's address")
        parser.add_argument("--accept-labels", action="store_true", help="take labels as accepted, not for review")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="the study lead or engineer who imports")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"there is no study '{options['study']}'; there are: {known}", returncode=BAD_INPUT)
        by = _importer(study, options["username"])
        try:
            report = import_folder(study=study, folder=options["folder"], by=by, accept_labels=options["accept_labels"])
        except ImageError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        derived_request_missing(study=study, by=by)
        if options["json"]:
            self.stdout.write(json.dumps(_whole(report), indent=2))
        else:
            self.stdout.write(_table(report))


def _importer(study: Study, username: str | None) -> User | None:
    if username is None:
        return None
    importers = Membership.objects.filter(study=study, role__in=(Role.LEAD, Role.ENGINEER)).select_related("user")
    member = importers.filter(user__username=username).first()
    if member is None:
        raise CommandError(f"'{username}' is no lead or engineer of the study '{study.slug}'", returncode=BAD_INPUT)
    return member.user


def _whole(report: ImportReport) -> dict[str, Any]:
    files = [{"path": f.path, "outcome": f.outcome.value, "reason": f.reason} for f in report.files]
    return {**report.counts(), "files": files}


def _table(report: ImportReport) -> str:
    widest = max((len(outcome.value) for outcome in Outcome), default=0)
    lines = [f"{f.outcome.value:<{widest}}  {f.path}{f': {f.reason}' if f.reason else ''}" for f in report.files]
    counts = report.counts()
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    return "\n".join([*lines, told])
