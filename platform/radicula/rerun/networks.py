"""The protocol's networks in a re-run: trained on one split, and each proposing for the test set."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from access.errors import Conflict
from access.models import Study
from annotation.models import Rater, Volume
from jobs.models import JobState
from models_app.architectures import architecture_get
from models_app.models import ModelState, ModelVersion, Proposal, TrainingRun
from models_app.selectors import primary_volumes, volumes_waiting_for
from models_app.services.proposals import proposals_start
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote
from models_app.specification import Specification, labelled_role
from protocols.networks import ModelCandidate
from protocols.protocol import Protocol
from radicula.rerun.context import ENGINEER, RATERS, Rerun
from radicula.rerun.jobs_here import JobNotDone, job_finish
from radicula.rerun.sizes import RerunSize

QUICK = {3: "unet3d-small", 2: "light-unet-2d"}
"""What stands in the place of a network in a quick re-run, by whether that sees blocks or slices."""

RUNS = "training_runs"
FAILED = "failed_networks"
"""Names of the journal's notes: candidate to run, and candidate to the reason why there is none."""


@dataclass(frozen=True)
class Candidate:
    """A network of the protocol in this re-run.

    Attributes
    ----------
    model : ModelCandidate
        As the protocol has it.
    role : str
        The image that it labels.
    architecture : str or None
        What stands in its place, None for its own.
    """

    model: ModelCandidate
    role: str
    architecture: str | None

    def stands_apart(self, other: "Candidate") -> bool:
        """Whether this one would learn something else than another."""
        return (self.architecture, self.model.inputs) != (other.architecture, other.model.inputs)


def candidates_of(protocol: Protocol, size: RerunSize) -> list[Candidate]:
    """Choose networks: for each labelled image the default and then the others in the order of the file.

    nnU-Net is left out: it plans and trains for longer than all of the others together.
    """
    ordered = sorted(protocol.models, key=lambda model: not model.default)
    chosen: dict[str, list[Candidate]] = {}
    for model in ordered:
        network = architecture_get(model.architecture)
        if network.plans_itself:
            continue
        role = labelled_role(protocol, model.inputs)
        quick = QUICK[network.dimensions] if size.quick and not network.localises else None
        candidate = Candidate(model, role, quick)
        of_role = chosen.setdefault(role, [])
        # One small network stands for several of the protocol's: it is trained once.
        if quick is None or all(candidate.stands_apart(other) for other in of_role):
            of_role.append(candidate)
    return [candidate for of_role in chosen.values() for candidate in of_role[: size.candidates]]


def networks_train(run: Rerun) -> str:
    """Train every candidate on the same subjects, one after the other; one that fails is told of and passed over."""
    candidates = candidates_of(run.protocol, run.size)
    for place, candidate in enumerate(candidates, start=1):
        name = candidate.model.name
        if name in run.journal.notes.get(FAILED, {}):
            continue
        run.say(f"      {candidate.model.title} ({place} of {len(candidates)})")
        training = _run_of(run, candidate)
        try:
            job_finish(training.job)
        except JobNotDone as error:
            run.journal.note(FAILED, {**run.journal.notes.get(FAILED, {}), name: error.detail})
            run.say(f"      {candidate.model.title}: {error.detail}")
    versions = versions_of(run.study, run.journal.notes)
    if not versions:
        reasons = " ".join(run.journal.notes.get(FAILED, {}).values())
        raise Conflict(f"No network could be trained. {reasons}")
    first = next(iter(versions.values()))
    if not ModelVersion.objects.filter(study=run.study, state=ModelState.SERVING).exists():
        model_version_promote(version=first, by=run.user(ENGINEER))
    return f"{len(versions)} networks of {run.size.steps} steps; {first.name} serves"


def _run_of(run: Rerun, candidate: Candidate) -> TrainingRun:
    """The candidate's training: the one of an earlier attempt, or a new one."""
    noted = run.journal.notes.get(RUNS, {})
    found = (
        TrainingRun.objects.filter(pk=noted[candidate.model.name]).first() if candidate.model.name in noted else None
    )
    if found is not None and found.job.state not in (JobState.FAILED, JobState.CANCELLED):
        return found
    made = training_start(
        study=run.study,
        by=run.user(ENGINEER),
        model=candidate.model.name,
        architecture=candidate.architecture,
        epochs=run.size.epochs,
        seed=run.order.seed,
        raters=[reference_rater(run)],
        options={
            "steps_per_epoch": run.size.steps_per_epoch,
            "spacing": "data" if run.size.quick else "protocol",
        },
    )
    run.journal.note(RUNS, {**noted, candidate.model.name: str(made.pk)})
    return made


def reference_rater(run: Rerun) -> str:
    """Whose labels are learned and stand for the manual arm: the first rater by name."""
    if run.simulated:
        return RATERS[0]
    return str(Rater.objects.filter(study=run.study).order_by("name").values_list("name", flat=True)[0])


def versions_of(study: Study, notes: Mapping[str, Mapping[str, str]]) -> dict[str, ModelVersion]:
    """The model version of each candidate that was trained, by the candidate's name, in the order of training."""
    found = {
        str(version.training_run_id): version
        for version in ModelVersion.objects.filter(study=study).select_related("study", "training_run")
    }
    return {name: found[run] for name, run in notes.get(RUNS, {}).items() if run in found}


def versions_by_role(run: Rerun) -> dict[str, list[ModelVersion]]:
    """The model versions of this re-run by the image that they label; the default network of each comes first."""
    found: dict[str, list[ModelVersion]] = {}
    for version in versions_of(run.study, run.journal.notes).values():
        found.setdefault(Specification.from_json(version.specification).grid_role, []).append(version)
    return found


def proposals_make(run: Rerun) -> str:
    """Let every network propose for the test set, and the one that serves for the cases that nobody has read."""
    made = 0
    skipped: list[str] = []
    test = {case.pk for case in run.test_cases}
    for version in versions_of(run.study, run.journal.notes).values():
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
