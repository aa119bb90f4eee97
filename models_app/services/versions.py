"""Model versions: made once, promoted one at a time."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from access.models import Study, User
from access.services import event_record
from blobs.services import blob_put_bytes
from models_app.models import ModelState, ModelVersion, TrainingRun
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


@transaction.atomic
def model_version_promote(*, version: ModelVersion, by: User | None) -> ModelVersion:
    """Make a version the one that serves; the one before becomes a candidate again, so that going back is one click."""
    # Held until the transaction ends: of two promotions at once the later one wins, and one version serves.
    Study.objects.select_for_update().get(pk=version.study_id)
    version = ModelVersion.objects.select_related("study", "weights", "promoted_by").get(pk=version.pk)
    if version.state == ModelState.SERVING:
        return version
    before = ModelVersion.objects.filter(study=version.study, state=ModelState.SERVING).first()
    if before is not None:
        before.state = ModelState.CANDIDATE
        before.save(update_fields=["state"])
    version.state = ModelState.SERVING
    version.promoted_at, version.promoted_by = timezone.now(), by
    version.save(update_fields=["state", "promoted_at", "promoted_by"])
    detail = {"name": version.name, "instead_of": before.name if before is not None else None}
    event_record(study=version.study, actor=by, verb="model.promoted", subject=version, detail=detail)
    return version
