"""`manage.py compare_architectures --study SLUG`: train a protocol's candidates on one split, and compare them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from access.models import Study
from jobs.models import Job, JobState
from models_app import tasks
from models_app.models import ArchitectureComparison
from models_app.serializers.architectures import comparison_json
from models_app.services.architectures import comparison_start


class Command(BaseCommand):
    """Train here and now, without a worker."""

    help = (
        "Train the candidates of a study's protocol on one identical split or the same folds, and compare their Dice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be chosen; the rest is the protocol's."""
        parser.add_argument("--study", required=True, metavar="SLUG")
        parser.add_argument("--model", action="append", metavar="NAME", help="a candidate; all of them by default")
        parser.add_argument("--folds", type=int, default=0, metavar="K", help="hold each of K parts out once")
        parser.add_argument("--seed", type=int, default=0, metavar="N")
        parser.add_argument("--epochs", type=int, metavar="N")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Queue them as the site does, do the work of each job, print the table."""
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            raise CommandError(f"There is no study '{options['study']}'.")
        try:
            comparison = comparison_start(
                study=study, by=None, models=options["model"],
                **{name: options[name] for name in ("folds", "seed", "epochs")},
            )  # fmt: skip
        except ApplicationError as error:
            raise CommandError(error.detail) from error
        for row in comparison.candidates.exclude(run=None).select_related("run"):
            job = str(row.run.job_id) if row.run is not None else ""
            self.stderr.write(f"{row.title} ...")
            # A worker that is there may take the job first; whoever comes second finds it no longer queued.
            tasks.train(job)
            if Job.objects.get(pk=job).state == JobState.RUNNING:
                raise CommandError("An engine worker took the trainings; watch them on the study's page.")
        told = comparison_json(ArchitectureComparison.objects.get(pk=comparison.pk))
        self.stdout.write(json.dumps(told, default=str) if options["json"] else table_text(told))


def table_text(told: dict[str, Any]) -> str:
    """The table for a terminal: the best one has a star; p is Holm's against the best."""
    best = next((row["name"] for row in told["candidates"] if row["best"]), None)
    against = {
        pair["second"] if pair["first"] == best else pair["first"]: pair["holm_p"]
        for pair in told["pairs"]
        if best in (pair["first"], pair["second"])
    }
    lines = [f"{len(told['cases'])} cases; Dice, mean over labels, with 95 % interval; p against the best (Holm)"]
    for row in told["candidates"]:
        overall = row["overall"]
        if overall is None or overall["mean"] is None:
            lines.append(f"  {row['title']}: {row['reason'] or 'no numbers'}")
            continue
        ci = "" if overall["ci"] is None else f" [{overall['ci'][0]:.3f}, {overall['ci'][1]:.3f}]"
        p = against.get(row["name"])
        lines.append(
            f"{'*' if row['best'] else ' '} {row['title']}: {overall['mean']:.3f}{ci}" + (f", p = {p:.3g}" if p else "")
        )
    return "\n".join(lines)
