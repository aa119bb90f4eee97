"""Model versions: made once, promoted one at a time, with a history of what served."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from access.errors import Conflict
from access.models import Study, User
from access.services import event_record
from blobs.services import blob_put_bytes
from models_app.architectures import architecture_get
from models_app.gate import Verdict
from models_app.models import ModelState, ModelTransition, ModelVersion, TrainingRun, TransitionKind
from models_app.selectors.registry import gate_verdict, served_before
from models_app.services.scores import VersionScore, scores_keep
from models_app.specification import Specification


def model_version_create(
    *, run: TrainingRun, specification: Specification, weights: bytes, scored: Sequence[VersionScore] = ()
) -> ModelVersion:
    """Keep trained weights as the study's next model version. It proposes nothing until somebody promotes it.

    Parameters
    ----------
    run : TrainingRun
        What it comes from.
    specification : Specification
        What the network sees and says.
    weights : bytes
        From `weights_dump`.
    scored : sequence of VersionScore
        How it did on the run's test cases: kept together with it, or not at all.
    """
    blob = blob_put_bytes(weights)
    with transaction.atomic():
        version = ModelVersion.objects.create(
            study=run.study,
            training_run=run,
            parent=run.initial,
            number=next_number(run.study),
            architecture=run.architecture,
            specification=specification.to_json(),
            weights=blob,
        )
        scores_keep(version=version, scored=scored)
        event_record(
            study=run.study, actor=run.created_by, verb="model.made", subject=version, detail={"name": version.name}
        )
    return ModelVersion.objects.select_related("study", "weights").get(pk=version.pk)


def next_number(study: Study) -> int:
    """The number of the study's next version; call it inside the transaction that makes the version."""
    # Held until the transaction ends: two versions must not get one number.
    Study.objects.select_for_update().get(pk=study.pk)
    highest = ModelVersion.objects.filter(study=study).aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def model_version_promote(
    *, version: ModelVersion, by: User | None, reason: str = "", instead_of: UUID | None = None
) -> ModelVersion:
    """Make a version the one that serves; the one before becomes a candidate again, so that going back is one click.

    Parameters
    ----------
    version : ModelVersion
        Which.
    by : User or None
        Who; None for the command line.
    reason : str
        Why, where the gate does not open by itself; it is kept in the history and the audit log.
    instead_of : UUID, optional
        The version that served when the person decided: where another one serves by now, the decision is asked for
        again.

    Raises
    ------
    Conflict
        If the gate says no and there is no reason, the version is retired, or another version serves by now.
    """
    with _study_of(version) as version:
        if version.state == ModelState.SERVING:
            return version
        if version.state == ModelState.RETIRED:
            raise Conflict(f"{version.name} is retired: bring it back first, then promote it.")
        if architecture_get(version.architecture).clicks:
            raise Conflict(
                f"{version.name} answers clicks in the viewer as it is, the newest one that is not retired; only what "
                "proposes by itself is promoted."
            )
        before = _serving(version)
        if instead_of is not None and (before is None or before.pk != instead_of):
            now = f"{before.name} serves" if before is not None else "no version serves"
            raise Conflict(f"Meanwhile {now}: look at the comparison with it, then decide again.")
        verdict, reason = gate_verdict(version), reason.strip()
        if not verdict.opens and not reason:
            words = f"{verdict.words} Say why it should serve all the same."
            raise Conflict(words, {"reason": [words]})
        _serve(version, before, by)
        _record(version, TransitionKind.PROMOTED, before, by, reason, verdict)
        return version


def model_version_roll_back(*, study: Study, by: User | None, reason: str = "") -> ModelVersion:
    """Let the version serve again that served before.

    Raises
    ------
    Conflict
        If no other version served before.
    """
    with transaction.atomic():
        _lock(study.pk)
        version = served_before(study)
        if version is None:
            raise Conflict("No version served before this one: there is nothing to roll back to.")
        before = _serving(version)
        _serve(version, before, by)
        _record(version, TransitionKind.ROLLED_BACK, before, by, reason.strip())
        return version


def model_version_retire(*, version: ModelVersion, by: User | None, reason: str = "") -> ModelVersion:
    """Take a version out of use. Where it serves, none serves afterwards.

    Raises
    ------
    Conflict
        If it is retired already.
    """
    with _study_of(version) as version:
        if version.state == ModelState.RETIRED:
            raise Conflict(f"{version.name} is retired already.")
        before = _serving(version)
        version.state = ModelState.RETIRED
        version.save(update_fields=["state"])
        _record(version, TransitionKind.RETIRED, before, by, reason.strip())
        return version


def model_version_reinstate(*, version: ModelVersion, by: User | None) -> ModelVersion:
    """Make a retired version a candidate again.

    Raises
    ------
    Conflict
        If it is not retired.
    """
    with _study_of(version) as version:
        if version.state != ModelState.RETIRED:
            raise Conflict(f"{version.name} is not retired: there is nothing to bring back.")
        version.state = ModelState.CANDIDATE
        version.save(update_fields=["state"])
        _record(version, TransitionKind.REINSTATED, _serving(version), by, "")
        return version


@transaction.atomic
def model_version_describe(*, version: ModelVersion, by: User, **words: str) -> ModelVersion:
    """Change what people say of a version on its card: `intended_use`, `limits`."""
    changed = {name: text.strip() for name, text in words.items() if getattr(version, name) != text.strip()}
    for name, text in changed.items():
        setattr(version, name, text)
    if changed:
        version.save(update_fields=list(changed))
        detail = {"name": version.name, **changed}
        event_record(study=version.study, actor=by, verb="model.described", subject=version, detail=detail)
    return version


@contextmanager
def _study_of(version: ModelVersion) -> Iterator[ModelVersion]:
    """A transaction in which nothing else changes what serves, with the version as it is now."""
    with transaction.atomic():
        _lock(version.study_id)
        yield ModelVersion.objects.select_related("study", "weights", "promoted_by", "parent__study").get(pk=version.pk)


def _lock(study: UUID) -> None:
    # Held until the transaction ends: of two changes at once the later one sees what the earlier one did.
    Study.objects.select_for_update().get(pk=study)


def _serving(version: ModelVersion) -> ModelVersion | None:
    return ModelVersion.objects.filter(study=version.study_id, state=ModelState.SERVING).first()


def _serve(version: ModelVersion, before: ModelVersion | None, by: User | None) -> None:
    if before is not None:
        before.state = ModelState.CANDIDATE
        before.save(update_fields=["state"])
    version.state = ModelState.SERVING
    version.promoted_at, version.promoted_by = timezone.now(), by
    version.save(update_fields=["state", "promoted_at", "promoted_by"])


def _record(
    version: ModelVersion,
    kind: TransitionKind,
    before: ModelVersion | None,
    by: User | None,
    reason: str,
    verdict: Verdict | None = None,
) -> None:
    ModelTransition.objects.create(
        study=version.study,
        version=version,
        kind=kind,
        before=before,
        verdict=verdict.to_json() if verdict is not None else None,
        reason=reason,
        at=timezone.now(),
        by=by,
    )
    event_record(
        study=version.study,
        actor=by,
        verb=f"model.{kind.value}",
        subject=version,
        detail={
            "name": version.name,
            "instead_of": before.name if before is not None else None,
            "reason": reason,
            **({"gate": str(verdict.state), "words": verdict.words} if verdict is not None else {}),
        },
    )
