"""`manage.py train --study SLUG`: train here and now, without a worker; `--plan` shows what it would take."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from access.models import Study
from jobs.models import Job, JobState
from models_app import tasks
from models_app.models import TrainingRun
from models_app.serializers.training import OPTIONS, preview_json
from models_app.services.splitting import WantedSplit
from models_app.services.training import training_preview, training_start
from models_app.services.versions import model_version_promote
from models_app.training_settings import PLANS, PRECISIONS, SPACINGS

NUMBERS: dict[str, tuple[type, str]] = {
    "margin_mm": (float, "around a cascade's box"),
    "patience": (int, "validations without a better Dice before it ends; 0 for no early end"),
    "processes": (int, "devices that train together; 0 for all GPUs"),
    "cache_mb": (int, "memory for prepared volumes"),
    "patch_voxels": (int, "the most voxels of a patch; 0 for the protocol's"),
    "folds": (int, "of a cross-validation; it makes a table and no version"),
    "batch_size": (int, "patches in a step"),
    "steps_per_epoch": (int, "steps in an epoch"),
    "learning_rate": (float, "the peak of the schedule"),
}


class Command(BaseCommand):
    """Train on the accepted labels of a study, as the study page does."""

    help = "Train on the accepted labels of a study and print the new model version as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be chosen; the rest is the protocol's."""
        parser.add_argument("--study", required=True, metavar="SLUG")
        parser.add_argument("--model", metavar="NAME", help="a candidate of the study's protocol")
        parser.add_argument("--architecture", metavar="NAME", help="in the place of the candidate's")
        parser.add_argument("--epochs", type=int, metavar="N")
        parser.add_argument("--seed", type=int, default=0, metavar="N")
        parser.add_argument("--raters", nargs="*", default=[], metavar="NAME", help="most wanted first")
        for name in ("train", "validation", "test"):
            parser.add_argument(f"--{name}", nargs="*", metavar="SUBJECT", help=f"exactly these {name} subjects")
        parser.add_argument("--initial", type=UUID, metavar="VERSION", help="begin from this model version's weights")
        parser.add_argument("--inputs", nargs="+", metavar="ROLE", help="volumes that go in, the labelled one first")
        parser.add_argument("--left-out", nargs="+", type=int, metavar="VALUE", help="labels taken for background")
        parser.add_argument("--spacing", choices=list(SPACINGS), help="where the voxel size comes from")
        parser.add_argument("--plan-size", dest="plan_size", choices=list(PLANS), help="what nnU-Net may plan")
        parser.add_argument("--precision", choices=list(PRECISIONS))
        parser.add_argument("--compiled", action="store_true", default=None, help="compile the network first")
        for name, (kind, meaning) in NUMBERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=meaning)
        parser.add_argument("--encoder", metavar="NAME")
        parser.add_argument("--plan", action="store_true", help="print what it would take, and train nothing")
        parser.add_argument("--promote", action="store_true", help="make the result the serving version")
        parser.add_argument("--reason", default="", metavar="TEXT", help="why, where the gate does not open by itself")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Freeze the lists, train, and say how it went."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study '{options['study']}'.")
        given = {**options, "plan": options["plan_size"]}  # `--plan` shows what a training would take
        chosen: dict[str, Any] = {
            **{name: options[name] for name in ("model", "architecture", "epochs", "seed", "raters", "initial")},
            "wanted": WantedSplit(options["train"], options["validation"], options["test"]),
            "options": {name: given[name] for name in OPTIONS if given[name] is not None},
        }
        try:
            if options["plan"]:
                self.stdout.write(json.dumps(preview_json(study, training_preview(study=study, **chosen)), default=str))
                return
            run = training_start(study=study, by=None, **chosen)
        except ApplicationError as error:
            raise CommandError(error.detail) from error
        # A worker that is there may take the job first; whoever comes second finds it no longer queued.
        tasks.train(str(run.job_id))
        job = Job.objects.get(pk=run.job_id)
        if job.state == JobState.RUNNING:
            raise CommandError(f"An engine worker took the training; watch the job {job.pk} on the study's page.")
        if job.state != JobState.DONE:
            raise CommandError(job.error or f"The training was {job.state}.")
        if run.parameters["folds"]:
            self.stdout.write(json.dumps(job.result))
            return
        version = TrainingRun.objects.select_related("model_version__study").get(pk=run.pk).model_version
        if options["promote"]:
            try:
                version = model_version_promote(version=version, by=None, reason=options["reason"])
            except ApplicationError as error:
                raise CommandError(
                    f"{version.name} was made, and not promoted. {error.detail} (--reason TEXT)"
                ) from error
        self.stdout.write(json.dumps({"name": version.name, "state": version.state, **(job.result or {})}))
