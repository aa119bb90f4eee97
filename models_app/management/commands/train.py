"""`manage.py train --study SLUG`: train here and now, without a worker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from access.models import Study
from jobs.models import Job, JobState
from models_app import tasks
from models_app.models import TrainingRun
from models_app.services.splitting import WantedSplit
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote


class Command(BaseCommand):
    """Train on the accepted labels of a study, as the study page does."""

    help = "Train on the accepted labels of a study and print the new model version as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be chosen; the rest is the protocol's."""
        parser.add_argument("--study", required=True, metavar="SLUG")
        parser.add_argument("--architecture", metavar="NAME")
        parser.add_argument("--epochs", type=int, metavar="N")
        parser.add_argument("--seed", type=int, default=0, metavar="N")
        parser.add_argument("--raters", nargs="*", default=[], metavar="NAME", help="most wanted first")
        for name in ("train", "validation", "test"):
            parser.add_argument(f"--{name}", nargs="*", metavar="SUBJECT", help=f"exactly these {name} subjects")
        parser.add_argument("--promote", action="store_true", help="make the result the serving version")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Freeze the lists, train, and say how it went."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study '{options['study']}'.")
        try:
            run = training_start(
                study=study,
                by=None,
                architecture=options["architecture"],
                epochs=options["epochs"],
                seed=options["seed"],
                raters=options["raters"],
                wanted=WantedSplit(options["train"], options["validation"], options["test"]),
            )
        except ApplicationError as error:
            raise CommandError(error.detail) from error
        # A worker that is there may take the job first; whoever comes second finds it no longer queued.
        tasks.train(str(run.job_id))
        job = Job.objects.get(pk=run.job_id)
        if job.state == JobState.RUNNING:
            raise CommandError(f"An engine worker took the training; watch the job {job.pk} on the study's page.")
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"The training was {job.state}.")
        version = TrainingRun.objects.select_related("model_version__study").get(pk=run.pk).model_version
        if options["promote"]:
            version = model_version_promote(version=version, by=None)
        self.stdout.write(json.dumps({"name": version.name, "state": version.state, **(job.result or {})}))
