"""What a person should know before a training starts: why it can't, and what is unusual about it."""

from access.models import Study
from jobs.services import LIVE_STATES
from models_app.architectures import architecture_get
from models_app.models import TrainingRun
from models_app.services.training_proposal import TrainingProposal
from models_app.sides import SIDED
from models_app.specification import LEFT_RIGHT
from protocols.protocol import Protocol

UNDER_WAY = "A training of this study is under way; wait for it or cancel it."

FAR_APART = 2.0
"""From this ratio of the data's voxel size to the network's on, a person is told."""


def remarks(study: Study, protocol: Protocol, plan: TrainingProposal) -> tuple[list[str], list[str]]:
    """Why a training can't start, and what to know beforehand.

    Returns
    -------
    problems, notes : list of str
    """
    notes = [_split_notes(plan), _label_notes(protocol, plan), _grid_notes(plan), _side_notes(protocol, plan)]
    return _problems(study, protocol, plan), [*(note for group in notes for note in group), *_source_notes(plan)]


def _problems(study: Study, protocol: Protocol, plan: TrainingProposal) -> list[str]:
    split, problems = plan.split, []
    if not split.train:
        problems.append("No case outside the test set has an accepted label yet: accept at least one, then train.")
    if TrainingRun.objects.filter(study=study, job__state__in=LIVE_STATES).exists():
        problems.append(UNDER_WAY)
    counted = {int(value) for sample in plan.samples_for(split.train) for value in sample.version.counts or {}}
    if split.train and not counted:
        problems.append("None of the training cases holds a labelled voxel; check the accepted labels.")
    missing = [label for label in protocol.labels if label.value in set(plan.specification.label_values) - counted]
    if counted and missing:
        named = ", ".join(f"{label.name} ({label.value})" for label in missing)
        them = "them" if len(missing) > 1 else "it"
        problems.append(
            f"No training case has the label{'s' if len(missing) > 1 else ''} {named}: accept a case that has {them}, "
            f"or leave {them} out of the training."
        )
    if plan.settings.folds and len(split.train) < plan.settings.folds:
        problems.append(
            f"{plan.settings.folds} folds need as many subjects; {len(split.train)} can be trained on: take fewer."
        )
    return problems


def _split_notes(plan: TrainingProposal) -> list[str]:
    split, notes = plan.split, []
    if plan.folds:
        notes.append(
            f"A cross-validation trains {len(plan.folds)} times and makes a table, no model version; train once more "
            "on all for a version."
        )
    elif split.train and not split.validation:
        notes.append("No subject validates, so the last epoch's weights are taken; with three or more, one would.")
    if not split.test and not plan.folds:
        notes.append("No accepted case is in the test set, so the model will have no score; freeze a test set first.")
    return notes


def _label_notes(protocol: Protocol, plan: TrainingProposal) -> list[str]:
    drawn = protocol.labels_on(plan.specification.grid_role)
    left_out = [label.name for label in drawn if label.value in plan.specification.left_out]
    return [f"Not learned, and taken for background: {', '.join(left_out)}."] if left_out else []


def _grid_notes(plan: TrainingProposal) -> list[str]:
    notes, taken = [], plan.fingerprint
    if architecture_get(plan.specification.architecture).plans_itself:
        notes.append("nnU-Net plans voxel size, patch and batch itself when it runs; they are kept with the version.")
    elif taken is not None:
        ratios = [
            max(side / own, own / side)
            for side, own in zip(plan.specification.spacing_mm, taken.spacing_mm, strict=True)
            if side
        ]
        if max(ratios, default=1.0) >= FAR_APART:
            sides = " x ".join(f"{side:g}" for side in taken.spacing_mm)
            notes.append(f"The images' median voxel is {sides} mm, far from the network's; consider taking the data's.")
    others, drawn = plan.specification.other_roles, plan.specification.grid_role
    if others:
        notes.append(f"{', '.join(others)}: resampled linearly onto the grid of {drawn}, by the affines.")
    return notes


def _side_notes(protocol: Protocol, plan: TrainingProposal) -> list[str]:
    learned = [label for label in protocol.labels if label.value in plan.specification.label_values]
    if not any(label.side in SIDED for label in learned) or LEFT_RIGHT not in protocol.model.flips:
        return []
    if LEFT_RIGHT in plan.specification.flips:
        return ["Images are mirrored at random; left and right labels change places when they are."]
    if plan.specification.slice_axis == 0:
        return []
    return ["Images are not mirrored: a label with a side has no partner of the same name on the other."]


def _source_notes(plan: TrainingProposal) -> list[str]:
    if plan.initial is None:
        return []
    return [f"It begins from the weights of {plan.initial.name}; layers that do not fit begin afresh, and are named."]
