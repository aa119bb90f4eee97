"""Planning and starting a training: what it takes is written down before it runs, and never changes."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from annotation.models import Rater, Subject
from jobs.models import Queue
from jobs.provenance import code_version
from jobs.services import job_create
from models_app.fingerprint import fingerprint_take
from models_app.models import ModelVersion, Split, TrainingCase, TrainingRun
from models_app.selectors import AcceptedSample, accepted_samples, model_version_list, protocol_of
from models_app.selectors.inputs import image_facts, inputs_of
from models_app.services.remarks import remarks
from models_app.services.splitting import SubjectSplit, WantedSplit, split_subjects, subject_folds
from models_app.services.training_proposal import TrainingProposal
from models_app.specification import (
    ARCHITECTURES,
    TrainingSettings,
    labelled_role,
    labels_learned,
    settings_for,
    specification_for,
)
from protocols.protocol import Protocol

KIND = "training"
MOST_EPOCHS = 10_000


@dataclass(frozen=True)
class TrainingWish:
    """What a person chose for a training; what is None or empty follows from the protocol and the data.

    Attributes
    ----------
    model : str or None
        The name of a candidate of the protocol.
    architecture : str or None
        A name of `ARCHITECTURES`, in the place of the candidate's.
    epochs : int or None
        How long.
    seed : int
        Of the split, the weights and the patches.
    raters : sequence of str
        Whose labels are preferred, most wanted first.
    wanted : WantedSplit
        Lists of subjects.
    initial : UUID or None
        The model version whose weights it begins from.
    options : mapping
        Other attributes of `TrainingSettings`, by name.
    """

    model: str | None = None
    architecture: str | None = None
    epochs: int | None = None
    seed: int = 0
    raters: Sequence[str] = ()
    wanted: WantedSplit | None = None
    initial: UUID | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def training_preview(*, study: Study, **chosen: Any) -> TrainingProposal:
    """Work out what a training would take now; nothing is written.

    Parameters
    ----------
    study : Study
        The study.
    **chosen
        Attributes of `TrainingWish`.

    Raises
    ------
    InvalidInput
        If the architecture, a setting, a rater or a list is wrong.
    """
    wish = TrainingWish(**chosen)
    protocol = protocol_of(study)
    _check_wish(study, protocol, wish)
    which = {"architecture": wish.architecture, "model": wish.model}
    settings = settings_for(protocol, **which, epochs=wish.epochs, seed=wish.seed, **_plain(wish.options))
    drawn = labelled_role(protocol, settings.inputs)
    samples = accepted_samples(study, wish.raters, drawn)
    settings = _without_absent(protocol, settings, samples)
    subjects = dict(Subject.objects.filter(study=study).values_list("label", "in_test_set"))
    split = split_subjects(
        subjects=subjects,
        accepted={sample.subject.label for sample in samples},
        test_set={label for label, held_out in subjects.items() if held_out},
        wanted=wish.wanted or WantedSplit(),
        validation_share=0.0 if settings.folds else protocol.model.training.validation_share,
        seed=wish.seed,
    )
    if settings.folds:
        # A fold validates on what it holds out; nobody is held out twice, and the test set is nobody's.
        split = SubjectSplit(sorted([*split.train, *split.validation]), [], split.test)
    taking_part = [*split.train, *split.validation, *split.test]
    samples = [sample for sample in samples if sample.subject.label in taking_part]
    inputs, lacking = inputs_of(samples, [role for role in settings.inputs if role != drawn])
    trained = [sample for sample in samples if sample.subject.label in split.train]
    facts = [image_facts(volume) for row in trained for volume in (row.volume, *inputs.get(row.volume.pk, ()))]
    fingerprint = fingerprint_take(facts, drawn)
    specification = specification_for(protocol, fingerprint=fingerprint, settings=settings, **which)
    proposal = TrainingProposal(
        specification=specification,
        settings=settings,
        fingerprint=fingerprint,
        raters=list(wish.raters),
        split=split,
        folds=subject_folds(split.train, settings.folds, wish.seed) if settings.folds else [],
        samples=samples,
        inputs=inputs,
        initial=_initial(study, wish.initial),
        problems=[],
        notes=[],
    )
    problems, notes = remarks(study, protocol, proposal)
    return replace(proposal, problems=[*problems, *lacking], notes=notes)


@transaction.atomic
def training_start(*, study: Study, by: User | None, **chosen: Any) -> TrainingRun:
    """Freeze the label versions of a training and queue it.

    Parameters
    ----------
    study : Study
        The study.
    by : User or None
        Who asks; None for the command line.
    **chosen
        Attributes of `TrainingWish`.

    Raises
    ------
    Conflict
        If there is nothing to train on, or a training of the study is under way.
    InvalidInput
        If the architecture, a setting, a rater or a list is wrong.
    """
    # Held until the transaction ends: two clicks at once must not start two trainings.
    Study.objects.select_for_update().get(pk=study.pk)
    plan = training_preview(study=study, **chosen)
    return training_queue(study=study, by=by, plan=plan)


@transaction.atomic
def training_queue(*, study: Study, by: User | None, plan: TrainingProposal) -> TrainingRun:
    """Freeze the label versions of a training that was worked out, and queue it.

    Parameters
    ----------
    study : Study
        The study; the caller holds its row.
    by : User or None
        Who asks.
    plan : TrainingProposal
        What it takes.

    Raises
    ------
    Conflict
        If the plan names a problem.
    """
    if plan.problems:
        raise Conflict(" ".join(plan.problems))
    run_id = uuid.uuid4()
    name = ARCHITECTURES[plan.specification.architecture].title
    verb = f"Cross-validate {name} in {len(plan.folds)} folds" if plan.folds else f"Train {name}"
    title = f"{verb} on {len(plan.split.train)} subject{'s' if len(plan.split.train) != 1 else ''}"
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
            "folds": plan.folds,
            "fingerprint": plan.fingerprint.to_json() if plan.fingerprint is not None else None,
        },
        seed=plan.settings.seed,
        initial=plan.initial,
        code_version=code_version(),
        created_by=by,
    )
    _freeze(run, plan)
    event_record(
        study=study, actor=by, verb="training.started", subject=run, detail={"title": title, **vars(plan.split)}
    )
    return run


def _freeze(run: TrainingRun, plan: TrainingProposal) -> None:
    purposes = {
        **dict.fromkeys(plan.split.train, Split.TRAIN),
        **dict.fromkeys(plan.split.validation, Split.VALIDATION),
        **dict.fromkeys(plan.split.test, Split.TEST),
    }
    TrainingCase.objects.bulk_create(
        TrainingCase(
            run=run,
            subject=sample.subject,
            label_version=sample.version,
            split=purposes[sample.subject.label],
            inputs=[str(volume.pk) for volume in plan.inputs.get(sample.volume.pk, [])],
        )
        for sample in plan.samples
    )


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}


def _without_absent(
    protocol: Protocol, settings: TrainingSettings, samples: Sequence[AcceptedSample]
) -> TrainingSettings:
    """Leave out optional labels that no accepted case has: they may lie outside of every field of view."""
    counted = {int(value) for sample in samples for value in sample.version.counts or {}}
    absent = [
        label.value for label in labels_learned(protocol, settings) if label.optional and label.value not in counted
    ]
    if not counted or not absent:
        return settings
    return replace(settings, left_out=tuple(sorted({*settings.left_out, *absent})))


def _check_wish(study: Study, protocol: Protocol, wish: TrainingWish) -> None:
    if wish.epochs is not None and not 1 <= wish.epochs <= MOST_EPOCHS:
        raise InvalidInput(
            f"{wish.epochs} epochs were asked for; 1 to {MOST_EPOCHS} are possible.", {"epochs": ["Out of range."]}
        )
    _check_raters(study, wish.raters)
    inputs = wish.options.get("inputs") or ()
    known = [role.name for role in protocol.volumes]
    unknown = [role for role in inputs if role not in known]
    if unknown or len(set(inputs)) != len(inputs):
        raise InvalidInput(
            f"The inputs {', '.join(inputs)} can't be used: each is another one of {', '.join(known)}.",
            {"inputs": [f"Each another one of {', '.join(known)}."]},
        )
    values = protocol.label_values()
    left_out = wish.options.get("left_out") or ()
    if not set(left_out) < set(values):
        raise InvalidInput(
            f"The labels {', '.join(str(value) for value in left_out)} can't be left out: the protocol has "
            f"{', '.join(str(value) for value in values)}, and one at least is learned.",
            {"left_out": ["Labels of the protocol, not all of them."]},
        )


def _initial(study: Study, version_id: UUID | None) -> ModelVersion | None:
    if version_id is None:
        return None
    version = model_version_list(study).filter(pk=version_id).first()
    if version is None:
        raise InvalidInput("The study has no such model version.", {"initial": ["Not in this study."]})
    return version


def _check_raters(study: Study, raters: Sequence[str]) -> None:
    known = set(Rater.objects.filter(study=study).values_list("name", flat=True))
    unknown = [name for name in raters if name not in known]
    if unknown:
        named = ", ".join(unknown)
        raise InvalidInput(
            f"The study has no rater {named}; it has {', '.join(sorted(known)) or 'none'}.", {"raters": [named]}
        )
