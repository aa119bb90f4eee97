"""The choice of a round: ask the model about every case of the pool, then choose among what is kept."""

from typing import Any

from access.errors import ApplicationError
from annotation.models import Volume
from blobs.services import BlobDamaged
from jobs.running import JobRun
from models_app.engine.app import device_best
from models_app.engine.files import input_files
from models_app.engine.uncertainty import PASSES, Member, case_uncertainty, member_load
from models_app.models import ModelVersion, Round, RoundState
from models_app.selectors import accepted_samples
from models_app.selectors.rounds import ensemble_members, pool_volumes
from models_app.services.rounds import ENSEMBLE_MEMBERS, round_choices_keep
from models_app.services.uncertainty import scored_cases, settings_key, uncertainty_keep
from models_app.specification import Specification
from mri.errors import ImageError
from selection.pool import Pool
from selection.region import SURROUNDINGS_MM
from selection.strategies import STRATEGIES, choose
from selection.summary import Sampling

ASKED_SHARE = 0.98


def round_choose(round_: Round, job_run: JobRun) -> dict[str, Any]:
    """Choose the cases of a round. What was asked by an earlier attempt is not asked again.

    Returns
    -------
    dict
        `round`, how many were `chosen` and `asked`, and what was `skipped`, each with its reason.

    Raises
    ------
    JobCancelled, JobFailed
        If the user stopped it, or the model can't be asked.
    Conflict
        If nothing could be chosen.
    """
    if round_.state != RoundState.CHOOSING:
        return {"round": str(round_.pk), "chosen": round_.choices.count(), "asked": 0, "skipped": []}
    strategy = STRATEGIES[round_.strategy]
    members = _members(round_, strategy.sampling)
    volumes = _first_of_each_case(list(pool_volumes(round_.study, round_.asked)))
    key, skipped, labelled = "", [], []
    if strategy.sampling is not None and members:
        key = settings_key(members, strategy.sampling, PASSES[strategy.sampling], SURROUNDINGS_MM)
        known = _labelled(round_, members[0]) if round_.strategy in {"coreset", "mix"} else []
        skipped = _ask([*volumes, *known], members, strategy.sampling, key, job_run)
        rows = scored_cases(known, members[0], strategy.sampling, key)
        labelled = [row.embedding for row in rows if row.embedding is not None]
    job_run.report(ASKED_SHARE, f"choosing {round_.k} of {len(volumes)} cases")
    asked = members[0] if members else None
    pool = Pool.gather(scored_cases(volumes, asked, strategy.sampling, key), labelled)
    choices = choose(round_.strategy, pool, round_.k, seed=round_.seed, round_number=round_.number)
    round_choices_keep(round_=round_, choices=choices)
    return {"round": str(round_.pk), "chosen": len(choices), "asked": len(volumes) - len(skipped), "skipped": skipped}


def _members(round_: Round, sampling: Sampling | None) -> list[ModelVersion]:
    if sampling is None or round_.asked is None:
        return []
    if sampling is not Sampling.ENSEMBLE:
        return [round_.asked]
    others = [row for row in ensemble_members(round_.study, ENSEMBLE_MEMBERS) if row.pk != round_.asked_id]
    return [round_.asked, *others][:ENSEMBLE_MEMBERS]


def _first_of_each_case(volumes: list[Volume]) -> list[Volume]:
    """A case is judged by its first volume of the role."""
    first: dict[Any, Volume] = {}
    for volume in volumes:
        first.setdefault(volume.case_id, volume)
    return list(first.values())


def _labelled(round_: Round, version: ModelVersion) -> list[Volume]:
    role = Specification.from_json(version.specification).grid_role
    samples = accepted_samples(round_.study, role=role)
    return _first_of_each_case([sample.volume for sample in samples if not sample.subject.in_test_set])


def _ask(
    volumes: list[Volume], versions: list[ModelVersion], sampling: Sampling, key: str, job_run: JobRun
) -> list[dict[str, str]]:
    """Ask about every volume that there is no record of; those that can't be read come back with their reason."""
    device = device_best()
    members: list[Member] = []
    skipped = []
    for place, volume in enumerate(volumes):
        share = ASKED_SHARE * place / len(volumes)
        message = f"asking {versions[0].name} about {volume.case.name} ({place + 1} of {len(volumes)})"
        job_run.report(share, message)
        if volume.uncertainty_records.filter(
            model_version=versions[0], sampling=sampling.value, settings_key=key
        ).exists():
            continue
        members = members or [member_load(version, device) for version in versions]
        try:
            found = case_uncertainty(
                members,
                lambda specification, volume=volume: input_files(volume, specification.other_roles),  # type: ignore[misc]
                sampling,
                device=device,
                cancelled=lambda share=share, message=message: job_run.report(share, message),  # type: ignore[misc]
            )
        except (ApplicationError, ImageError, BlobDamaged) as error:
            skipped.append({"case": volume.case.name, "volume": str(volume.pk), "reason": str(error)})
            continue
        uncertainty_keep(
            members=versions,
            volume=volume,
            sampling=sampling,
            key=key,
            summary=found.summary,
            uncertainty=found.uncertainty,
            embedding=found.embedding,
        )
    return skipped
