"""Model versions with scores of one's choice: no training, so that what is made of scores can be tested at once."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from access.models import Study
from annotation.models import Subject
from annotation.services.storing import image_store
from jobs.models import Job, JobState, Queue
from models_app.models import (
    ArchitectureComparison,
    ComparedArchitecture,
    ModelVersion,
    ScoredCase,
    Split,
    TrainingCase,
    TrainingRun,
)
from models_app.selectors import accepted_samples, protocol_of
from models_app.services.scores import scores_keep
from models_app.services.versions import next_number
from models_app.specification import settings_for, specification_for

ARCHITECTURE = "unet3d-small"


@transaction.atomic
def make_version(
    study: Study,
    dice: Mapping[str, float | None] | None = None,
    *,
    trained_on: Sequence[str] = (),
    parent: ModelVersion | None = None,
) -> ModelVersion:
    """A version of a study of one label.

    Parameters
    ----------
    study : Study
        With accepted labels of the subjects that are named.
    dice : mapping of str to float or None, optional
        By subject, against what is accepted now; None where it is undefined.
    trained_on : sequence of str
        Subjects with an accepted label.
    parent : ModelVersion, optional
        Whose weights it began from.
    """
    protocol = protocol_of(study)
    specification = specification_for(protocol, ARCHITECTURE).to_json()
    job = Job.objects.create(
        study=study, kind="training", title="a training", queue=Queue.ENGINE, state=JobState.DONE, progress=1.0
    )
    run = TrainingRun.objects.create(
        study=study,
        job=job,
        architecture=ARCHITECTURE,
        parameters={"settings": settings_for(protocol).to_json(), "specification": specification, "raters": []},
        seed=0,
        code_version="0",
        initial=parent,
    )
    number = next_number(study)
    version = ModelVersion.objects.create(
        study=study,
        training_run=run,
        parent=parent,
        number=number,
        architecture=ARCHITECTURE,
        specification=specification,
        weights=image_store(f"weights of {number}".encode()),
    )
    samples = {sample.subject.label: sample for sample in accepted_samples(study)}
    for label in trained_on:
        TrainingCase.objects.create(
            run=run,
            subject=Subject.objects.get(study=study, label=label),
            label_version=samples[label].version,
            split=Split.TRAIN,
        )
    for label, value in (dice or {}).items():
        make_score(version, label, value)
    scores_keep(version=version, scored=())
    return ModelVersion.objects.select_related("study", "weights", "promoted_by", "parent__study").get(pk=version.pk)


def make_score(version: ModelVersion, subject: str, dice: float | None) -> ScoredCase:
    """A scored case; the label map that it keeps is the reference itself."""
    sample = next(one for one in accepted_samples(version.study) if one.subject.label == subject)
    label = str(protocol_of(version.study).labels[0].value)
    measures = dict.fromkeys(("hd95_mm", "assd_mm", "surface_dice", "volume_similarity"), 0.5)
    reasons = {} if dice is not None else {"dice": "empty in both maps"}
    return ScoredCase.objects.create(
        model_version=version,
        volume=sample.volume,
        reference=sample.version,
        labels={label: {"dice": dice, **measures, "reference_mm3": 1.0, "candidate_mm3": 1.0, "undefined": reasons}},
        voxels=sample.version.voxels,
        voxel_type=sample.version.voxel_type,
        seconds=0.5,
        hardware="a processor",
        code_version="0",
    )


@transaction.atomic
def make_comparison(study: Study, dice: Mapping[str, Mapping[str, float]]) -> ArchitectureComparison:
    """A comparison of architectures that is done, of a study of one label.

    Parameters
    ----------
    study : Study
        With accepted labels of the subjects that are named.
    dice : mapping of str to mapping of str to float
        By candidate of the protocol and by subject of the test set.
    """
    titles = {model.name: model.title for model in protocol_of(study).models}
    label = str(protocol_of(study).labels[0].value)
    samples = {sample.subject.label: sample for sample in accepted_samples(study)}
    tested = sorted({subject for scores in dice.values() for subject in scores})
    comparison = ArchitectureComparison.objects.create(
        study=study, seed=0, code_version="0", split={"train": [], "validation": [], "test": tested, "folds": []}
    )
    for place, (name, scores) in enumerate(dice.items()):
        run = make_version(study).training_run
        ComparedArchitecture.objects.create(comparison=comparison, place=place, name=name, title=titles[name], run=run)
        for subject, value in scores.items():
            TrainingCase.objects.create(
                run=run,
                subject=samples[subject].subject,
                label_version=samples[subject].version,
                split=Split.TEST,
                scores={label: {"dice": value, "undefined": None}},
            )
    return comparison
