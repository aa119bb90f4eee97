"""The analyses of a re-run: which questions the protocol asks, and the tool that stands for another lab's."""

import shutil
import zlib
from typing import Any

from access.errors import InvalidInput
from annotation.models import Volume
from annotation.selectors.volumes import volume_grid
from annotation.services.importing.external import import_external
from mri.nifti import read_labels, write_nifti
from mri.phantom.rater import RaterStyle, simulate_rater
from radicula.rerun.cohort import looks_at_sessions, truth_files
from radicula.rerun.context import ENGINEER, LEAD, Rerun
from radicula.rerun.jobs_here import job_finish
from radicula.rerun.networks import automatic_versions, reference_rater
from results.models import Analysis
from results.readers import Reader, ReaderType
from results.selectors.readings import readers_known
from results.services.starting import analysis_start

TOOL = "simulated-tool"
TOOL_STYLE = RaterStyle(bias_mm=0.8, noise_mm=1.0, noise_length_mm=4.0)
"""Another lab's tool that draws too wide: for the test of two tools on the unseen site."""

ANALYSES = "analyses"
"""Name of the journal's note: question to analysis."""


def tool_import(run: Rerun) -> str:
    """Bring label maps of another tool, as its user would: a folder of files."""
    if not run.simulated:
        return "none came with the images; import some on the study's Results page"
    truth = truth_files(run)
    folder = run.order.folder / TOOL
    shutil.rmtree(folder, ignore_errors=True)
    volumes = Volume.objects.filter(case__in=run.test_cases, labelled=True).select_related("derived_from")
    for volume in volumes:
        source = volume.derived_from if volume.derived_from is not None else volume
        true = read_labels(truth[source.source_path], volume_grid(volume))
        drawn = simulate_rater(true, TOOL_STYLE, zlib.crc32(source.source_path.encode()))
        path = folder / f"{volume.name}.nii.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_nifti(drawn, path, reference=run.dataset / source.source_path)
    report = import_external(study=run.study, folder=folder, tool=TOOL, by=run.user(ENGINEER))
    return f"{len(report.matched)} label maps of '{TOOL}' on the test set"


def analyses_make(run: Rerun) -> str:
    """Ask every question of the protocol that the readings can answer; one that they can't is told with its reason."""
    answered: list[str] = []
    for name, question in _questions(run).items():
        noted = run.journal.notes.get(ANALYSES, {})
        analysis = Analysis.objects.filter(pk=noted[name]).first() if name in noted else None
        try:
            if analysis is None:
                analysis = analysis_start(
                    study=run.study,
                    by=run.user(LEAD),
                    resamples=run.size.resamples,
                    seed=run.order.seed,
                    measurements=run.size.measurements,
                    **question,
                )
                run.journal.note(ANALYSES, {**noted, name: str(analysis.pk)})
            job_finish(analysis.job)
        except InvalidInput as error:
            run.say(f"      {name}: {error.detail}")
            continue
        answered.append(name.replace("_", " "))
    return f"{len(answered)} analyses: {', '.join(answered)}"


def _questions(run: Rerun) -> dict[str, dict[str, Any]]:
    rater = Reader(ReaderType.RATER, reference_rater(run))
    networks = [Reader(ReaderType.MODEL, str(version.pk)) for version in automatic_versions(run)]
    test = [case.pk for case in run.test_cases]
    asked: dict[str, dict[str, Any]] = {
        "inter_rater": {"kind": "inter_rater"},
        "intra_rater": {"kind": "intra_rater"},
        "manual_vs_automatic": {"kind": "human_model", "readers": [rater, *networks], "cases": test},
    }
    tools = [one.reader for one in readers_known(run.study) if one.reader.type is ReaderType.TOOL]
    if tools:
        asked["external_test"] = {"kind": "external", "readers": [rater, *networks, *tools], "cases": test}
    if looks_at_sessions(run):
        asked["cov"] = {"kind": "variability", "readers": [rater], "group_by": ["session", "site"]}
    return asked
