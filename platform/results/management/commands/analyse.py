"""`manage.py analyse STUDY KIND`: ask a question to a study's label versions."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from access.models import Study
from annotation.models import Case
from jobs.models import Job, JobState
from results.models import Analysis, AnalysisKind
from results.parameters import CONSENSUS_METHODS, METRICS
from results.readers import reader_from_text
from results.services.starting import analysis_start
from results.tasks import run_analysis

BAD_INPUT = 2
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    """Start an analysis, and wait for it or compute it here where asked to."""

    help = "Start an analysis of a study's label versions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("study", metavar="STUDY", help="the study's address")
        parser.add_argument("kind", metavar="KIND", choices=AnalysisKind.values, help=", ".join(AnalysisKind.values))
        parser.add_argument(
            "--reader", action="append", default=[], help="rater:NAME, rater:NAME:READ, model:ID, tool:NAME or accepted"
        )
        parser.add_argument("--case", action="append", default=[], metavar="NAME", help="sub-01 or sub-01_ses-02")
        parser.add_argument("--label", action="append", type=int, metavar="VALUE")
        parser.add_argument("--metric", action="append", choices=METRICS)
        parser.add_argument("--measurement", action="append", metavar="NAME")
        parser.add_argument("--group-by", action="append", default=[], metavar="FACT", help="site, vendor, session ...")
        parser.add_argument("--tolerance-mm", type=float, default=1.0)
        parser.add_argument("--consensus", choices=CONSENSUS_METHODS, default="staple")
        parser.add_argument("--resamples", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--title", default="")
        when = parser.add_mutually_exclusive_group()
        when.add_argument("--wait", action="store_true", help="until a worker has answered")
        when.add_argument("--here", action="store_true", help="compute in this process, without a worker")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        study = Study.objects.filter(slug=options["study"]).first()
        if study is None:
            known = ", ".join(Study.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"there is no study '{options['study']}'; there are: {known}", returncode=BAD_INPUT)
        try:
            analysis = _start(study, options)
        except (ApplicationError, ValueError) as error:
            raise CommandError(getattr(error, "detail", str(error)), returncode=BAD_INPUT) from error
        if options["here"]:
            run_analysis(str(analysis.job_id))
        elif options["wait"]:
            _wait(analysis.job)
        _report(self, Analysis.objects.select_related("job").get(pk=analysis.pk), as_json=options["json"])


def _start(study: Study, options: dict[str, Any]) -> Analysis:
    return analysis_start(
        study=study,
        by=None,
        kind=options["kind"],
        readers=[reader_from_text(text) for text in options["reader"]] or None,
        cases=_cases(study, options["case"]) if options["case"] else None,
        labels=options["label"],
        metrics=options["metric"],
        measurements=options["measurement"],
        group_by=options["group_by"],
        tolerance_mm=options["tolerance_mm"],
        consensus=options["consensus"],
        resamples=options["resamples"],
        seed=options["seed"],
        title=options["title"],
    )


def _cases(study: Study, names: list[str]) -> list[Any]:
    by_name = {case.name: case.pk for case in Case.objects.filter(study=study).select_related("subject")}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"the study '{study.slug}' has no case {', '.join(unknown)}")
    return [by_name[name] for name in names]


def _wait(job: Job) -> None:
    while job.state in (JobState.QUEUED, JobState.RUNNING):
        time.sleep(LOOK_SECONDS)
        job.refresh_from_db()


def _report(command: Command, analysis: Analysis, *, as_json: bool) -> None:
    job = analysis.job
    if job.state == JobState.FAILED:
        raise CommandError(job.error, returncode=1)
    if as_json:
        told = {"analysis": str(analysis.pk), "title": analysis.title, "state": job.state, "summary": analysis.summary}
        command.stdout.write(json.dumps(told, indent=2))
        return
    command.stdout.write(f"{analysis.pk}  {job.state}  {analysis.title}")
    for label, metrics in analysis.summary.items():
        dice = metrics.get("dice")
        if dice is not None and dice["mean"] is not None:
            command.stdout.write(f"  label {label}: Dice {dice['mean']:.3f}, n = {dice['n']}")
