"""The protocol's networks in a re-run: one trained, or several compared on one split; the first proposes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from access.errors import Conflict
from access.models import Study
from annotation.models import Rater, Volume
from jobs.models import JobState
from models_app.architectures import architecture_get
from models_app.models import ArchitectureComparison, ModelState, ModelVersion, Proposal, TrainingRun
from models_app.selectors import primary_volumes, volumes_waiting_for
from models_app.services.architectures import comparison_start
from models_app.services.proposals import proposals_start
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote
from models_app.specification import Specification, labelled_role
from protocols.networks import ModelCandidate
from protocols.protocol import Protocol
from radicula.rerun.context import ENGINEER, RATERS, Rerun
from radicula.rerun.jobs_here import JobNotDone, job_finish
from radicula.rerun.sizes import RerunSize

STAND_IN = {3: "unet3d-small", 2: "light-unet-2d"}
"""What stands in the place of a network, by whether that sees blocks or slices."""

RUNS, COMPARISONS, FAILED = "training_runs", "comparisons", "failed_networks"
"""Names of the journal's notes: candidate to run, image to comparison, and candidate to the reason why it failed."""


def candidates_of(protocol: Protocol, size: RerunSize) -> dict[str, list[ModelCandidate]]:
    """Choose networks: by labelled image the default, and then the others in the order of the file."""
    chosen: dict[str, list[ModelCandidate]] = {}
    for model in sorted(protocol.models, key=lambda model: not model.default):
        chosen.setdefault(labelled_role(protocol, model.inputs), []).append(model)
    return {role: models[: size.candidates] for role, models in chosen.items()}


def networks_train(run: Rerun) -> str:
    """Train the networks of each image on the same subjects; one that fails is told of and passed over."""
    for role, models in candidates_of(run.protocol, run.size).items():
        trainings = _compared(run, role, models) if len(models) > 1 else _alone(run, models[0])
        for place, model in enumerate(models, start=1):
            if model.name in trainings and model.name not in _noted(run, FAILED):
                run.say(f"      {model.title} ({place} of {len(models)})")
                _finish(run, model, trainings[model.name])
    versions = versions_of(run.study, run.journal.notes)
    if not versions:
        raise Conflict(f"No network could be trained. {' '.join(_noted(run, FAILED).values())}")
    first = next(iter(versions.values()))
    if not ModelVersion.objects.filter(study=run.study, state=ModelState.SERVING).exists():
        model_version_promote(version=first, by=run.user(ENGINEER))
    return f"{len(versions)} networks of {run.size.steps} steps; {first.name} serves"


def _noted(run: Rerun, name: str) -> Mapping[str, str]:
    found: Mapping[str, str] = run.journal.notes.get(name, {})
    return found


def _finish(run: Rerun, model: ModelCandidate, training: TrainingRun) -> None:
    try:
        job_finish(training.job)
    except JobNotDone as error:
        _fail(run, model, error.detail)


def _fail(run: Rerun, model: ModelCandidate, why: str) -> None:
    run.journal.note(FAILED, {**_noted(run, FAILED), model.name: why})
    run.say(f"      {model.title}: {why}")


def _options(run: Rerun) -> dict[str, Any]:
    """What is chosen for every training; phantoms keep their own voxel size, and nnU-Net plans for 1 GB."""
    size = run.size
    options: dict[str, Any] = {
        "steps_per_epoch": size.steps_per_epoch,
        "spacing": "data" if run.simulated else "protocol",
        "plan": "small",
        "learning_rate": size.learning_rate,
        "patch_voxels": size.patch_voxels,
    }
    if run.protocol.model.training.batch_size > size.most_in_batch:
        options["batch_size"] = size.most_in_batch
    return options


def _alone(run: Rerun, model: ModelCandidate) -> dict[str, TrainingRun]:
    """The training of one network: that of an earlier attempt, or a new one."""
    noted = _noted(run, RUNS)
    found = TrainingRun.objects.filter(pk=noted[model.name]).first() if model.name in noted else None
    if found is None or found.job.state in (JobState.FAILED, JobState.CANCELLED):
        network = architecture_get(model.architecture)
        stands_in = run.size.stand_in and not network.localises
        found = training_start(
            study=run.study,
            by=run.user(ENGINEER),
            model=model.name,
            architecture=STAND_IN[network.dimensions] if stands_in else None,
            epochs=run.size.epochs,
            seed=run.order.seed,
            raters=[reference_rater(run)],
            options=_options(run),
        )
        run.journal.note(RUNS, {**noted, model.name: str(found.pk)})
    return {model.name: found}


def _compared(run: Rerun, role: str, models: Sequence[ModelCandidate]) -> dict[str, TrainingRun]:
    """The trainings of a comparison of architectures: of an earlier attempt, or a new one."""
    noted = _noted(run, COMPARISONS)
    found = ArchitectureComparison.objects.filter(pk=noted[role]).first() if role in noted else None
    if found is None:
        found = comparison_start(
            study=run.study,
            by=run.user(ENGINEER),
            models=[model.name for model in models],
            epochs=run.size.epochs,
            seed=run.order.seed,
            raters=[reference_rater(run)],
            options=_options(run),
        )
        run.journal.note(COMPARISONS, {**noted, role: str(found.pk)})
    rows = {row.name: row for row in found.candidates.select_related("run__job")}
    trainings = {model.name: rows[model.name].run for model in models}
    for model in models:
        if rows[model.name].run is None and model.name not in _noted(run, FAILED):
            _fail(run, model, rows[model.name].reason)
    there = {name: training for name, training in trainings.items() if training is not None}
    run.journal.note(RUNS, {**_noted(run, RUNS), **{name: str(training.pk) for name, training in there.items()}})
    return there


def reference_rater(run: Rerun) -> str:
    """Whose labels are learned and stand for the manual arm: the first rater by name."""
    if run.simulated:
        return RATERS[0]
    return str(Rater.objects.filter(study=run.study).order_by("name").values_list("name", flat=True)[0])


def versions_of(study: Study, notes: Mapping[str, Mapping[str, str]]) -> dict[str, ModelVersion]:
    """The model version of each candidate that was trained, by the candidate's name, the default first."""
    found = {
        str(version.training_run_id): version
        for version in ModelVersion.objects.filter(study=study).select_related("study", "training_run")
    }
    return {name: found[run] for name, run in notes.get(RUNS, {}).items() if run in found}


def automatic_versions(run: Rerun) -> list[ModelVersion]:
    """The model versions that are the automatic arm: for each labelled image the first that was trained."""
    first: dict[str, ModelVersion] = {}
    for version in versions_of(run.study, run.journal.notes).values():
        first.setdefault(Specification.from_json(version.specification).grid_role, version)
    return list(first.values())


def proposals_make(run: Rerun) -> str:
    """Let the automatic arm propose for the test set, and the version that serves for cases that nobody has read."""
    made = 0
    skipped: list[str] = []
    test = {case.pk for case in run.test_cases}
    for version in automatic_versions(run):
        wanted = {volume.pk: volume for volume in primary_volumes(run.study, version).filter(case__in=test)}
        if version.state == ModelState.SERVING:
            wanted |= {volume.pk: volume for volume in volumes_waiting_for(run.study, version)}
        lacking = _lacking(version, wanted)
        if lacking:
            cases = sorted({volume.case_id for volume in lacking})
            job = proposals_start(study=run.study, by=run.user(ENGINEER), model_version=version, case_ids=cases)
            result = job_finish(job).result or {}
            skipped += [f"{row['case']}: {row['reason']}" for row in result.get("skipped", [])]
        made += len(wanted) - len(_lacking(version, wanted))
    for reason in skipped:
        run.say(f"      no proposal for {reason}")
    return f"{made} proposals, {len(skipped)} images skipped"


def _lacking(version: ModelVersion, wanted: Mapping[UUID, Volume]) -> list[Volume]:
    there = set(Proposal.objects.filter(model_version=version).values_list("volume_id", flat=True))
    return [volume for key, volume in wanted.items() if key not in there]
