"""Planning and starting a training: what it takes is written down before it runs, and never changes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import nibabel as nib
import numpy as np
from django.db import transaction

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from annotation.models import Rater, Subject, Volume
from jobs.models import Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from models_app.models import Split, TrainingCase, TrainingRun
from models_app.selectors import AcceptedSample, accepted_samples, protocol_of
from models_app.services.splitting import SubjectSplit, WantedSplit, split_subjects
from models_app.specification import ARCHITECTURES, Specification, TrainingSettings, settings_for, specification_for

KIND = "training"
MOST_EPOCHS = 10_000


@dataclass(frozen=True)
class TrainingProposal:
    """What a training would take now.

    Attributes
    ----------
    specification, settings
        What the network sees, and how it learns.
    raters : list of str
        Whose labels are preferred.
    split : SubjectSplit
        Subjects by purpose.
    samples : list of AcceptedSample
        The label versions, of all subjects of the split.
    problems : list of str
        Why it can't start; empty when it can.
    notes : list of str
        What to know beforehand.
    """

    specification: Specification
    settings: TrainingSettings
    raters: list[str]
    split: SubjectSplit
    samples: list[AcceptedSample]
    problems: list[str]
    notes: list[str]

    def samples_for(self, subjects: Sequence[str]) -> list[AcceptedSample]:
        """The samples of some subjects."""
        return [sample for sample in self.samples if sample.subject.label in subjects]


def training_preview(
    *,
    study: Study,
    architecture: str | None = None,
    epochs: int | None = None,
    seed: int = 0,
    raters: Sequence[str] = (),
    wanted: WantedSplit | None = None,
) -> TrainingProposal:
    """Work out what a training would take now; nothing is written.

    Raises
    ------
    InvalidInput
        If the architecture, a rater or a list is wrong.
    """
    if epochs is not None and not 1 <= epochs <= MOST_EPOCHS:
        raise InvalidInput(
            f"{epochs} epochs were asked for; 1 to {MOST_EPOCHS} are possible.", {"epochs": ["Out of range."]}
        )
    _check_raters(study, raters)
    protocol = protocol_of(study)
    settings = settings_for(protocol, epochs=epochs, seed=seed)
    samples = accepted_samples(study, raters)
    subjects = dict(Subject.objects.filter(study=study).values_list("label", "in_test_set"))
    split = split_subjects(
        subjects=subjects,
        accepted={sample.subject.label for sample in samples},
        test_set={label for label, held_out in subjects.items() if held_out},
        wanted=wanted or WantedSplit(),
        validation_share=protocol.model.training.validation_share,
        seed=seed,
    )
    taking_part = [*split.train, *split.validation, *split.test]
    samples = [sample for sample in samples if sample.subject.label in taking_part]
    spacing_mm = protocol.model.spacing_mm
    shapes = [_shape_at(sample.volume, spacing_mm) for sample in samples if sample.subject.label in split.train]
    specification = specification_for(protocol, architecture or protocol.model.architecture, shapes)
    problems, notes = _remarks(study, split, samples)
    return TrainingProposal(specification, settings, list(raters), split, samples, problems, notes)


@transaction.atomic
def training_start(
    *,
    study: Study,
    by: User | None,
    architecture: str | None = None,
    epochs: int | None = None,
    seed: int = 0,
    raters: Sequence[str] = (),
    wanted: WantedSplit | None = None,
) -> TrainingRun:
    """Freeze the label versions of a training and queue it.

    Raises
    ------
    Conflict
        If there is nothing to train on, or a training of the study is under way.
    InvalidInput
        If the architecture, a rater or a list is wrong.
    """
    # Held until the transaction ends: two clicks at once must not start two trainings.
    Study.objects.select_for_update().get(pk=study.pk)
    plan = training_preview(
        study=study, architecture=architecture, epochs=epochs, seed=seed, raters=raters, wanted=wanted
    )
    if plan.problems:
        raise Conflict(" ".join(plan.problems))
    run_id = uuid.uuid4()
    name = ARCHITECTURES[plan.specification.architecture].title
    title = f"Train {name} on {len(plan.split.train)} subject{'s' if len(plan.split.train) != 1 else ''}"
    job = job_create(study=study, kind=KIND, title=title, queue=Queue.ENGINE, parameters={"run": str(run_id)}, by=by)
    run = TrainingRun.objects.create(
        id=run_id,
        study=study,
        job=job,
        architecture=plan.specification.architecture,
        parameters={
            "settings": plan.settings.to_json(),
            "specification": plan.specification.to_json(),
            "raters": plan.raters,
        },
        seed=seed,
        code_version=code_version(),
        created_by=by,
    )
    purposes = {
        **dict.fromkeys(plan.split.train, Split.TRAIN),
        **dict.fromkeys(plan.split.validation, Split.VALIDATION),
        **dict.fromkeys(plan.split.test, Split.TEST),
    }
    TrainingCase.objects.bulk_create(
        TrainingCase(
            run=run, subject=sample.subject, label_version=sample.version, split=purposes[sample.subject.label]
        )
        for sample in plan.samples
    )
    event_record(
        study=study, actor=by, verb="training.started", subject=run, detail={"title": title, **vars(plan.split)}
    )
    return run


def _check_raters(study: Study, raters: Sequence[str]) -> None:
    known = set(Rater.objects.filter(study=study).values_list("name", flat=True))
    unknown = [name for name in raters if name not in known]
    if unknown:
        named = ", ".join(unknown)
        raise InvalidInput(
            f"The study has no rater {named}; it has {', '.join(sorted(known)) or 'none'}.", {"raters": [named]}
        )


def _shape_at(volume: Volume, spacing_mm: tuple[float, float, float]) -> tuple[int, ...]:
    """The shape of a volume at the network's spacing, its axes in the order nearest to RAS."""
    nearest = nib.orientations.io_orientation(np.array(volume.affine, dtype=np.float64).reshape(4, 4))[:, 0]
    source = [int(np.flatnonzero(nearest == world)[0]) for world in range(3)]
    return tuple(
        max(1, round(volume.shape[axis] * volume.spacing_mm[axis] / spacing_mm[world]))
        for world, axis in enumerate(source)
    )


def _remarks(study: Study, split: SubjectSplit, samples: list[AcceptedSample]) -> tuple[list[str], list[str]]:
    problems, notes = [], []
    if not split.train:
        problems.append("No case outside the test set has an accepted label yet: accept at least one, then train.")
    running = TrainingRun.objects.filter(study=study, job__state__in=LIVE_STATES).exists()
    if running:
        problems.append("A training of this study is under way; wait for it or cancel it.")
    if split.train and not any(sample.version.counts for sample in samples if sample.subject.label in split.train):
        problems.append("None of the training cases holds a labelled voxel; check the accepted labels.")
    if split.train and not split.validation:
        notes.append("No subject validates, so the last epoch's weights are taken; with three or more, one would.")
    if not split.test:
        notes.append("No accepted case is in the test set, so the model will have no score; freeze a test set first.")
    return problems, notes
