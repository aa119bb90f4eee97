"""Rounds as they stand in the database, and what a model was unsure about."""

import numpy as np

from access.models import Study
from annotation.models import Task, Volume
from annotation.services.storing import image_store
from models_app.models import ChoiceState, ModelVersion, Round, RoundChoice, RoundState, UncertaintyRecord
from selection.summary import CaseSummary

SUMMARY = CaseSummary({"entropy": 12.5, "margin": 8.0}, (12.5,), (300.0,), 900.0, True, 1, 3.0)


def make_round(study: Study, asked: ModelVersion | None = None, **given: object) -> Round:
    """A round that waits for labels."""
    fields = {
        "number": 1,
        "state": RoundState.LABELLING,
        "strategy": "entropy",
        "k": 2,
        "seed": 0,
        "hold_hours": 72,
        "trigger": "by_hand",
        "asked": asked,
    }
    return Round.objects.create(study=study, **{**fields, **given})


def make_reserved(round_: Round, task: Task, rank: int = 1, score: float | None = 12.5) -> RoundChoice:
    """A chosen case that a reader holds."""
    return RoundChoice.objects.create(
        round=round_, case=task.case, rank=rank, score=score, state=ChoiceState.RESERVED, rater=task.rater, task=task
    )


def make_uncertainty(volume: Volume, version: ModelVersion) -> UncertaintyRecord:
    """A map that is most unsure at one corner."""
    voxels = np.zeros(tuple(volume.shape), dtype=np.uint8)
    voxels[0, 0, 0] = 255
    return UncertaintyRecord.objects.create(
        model_version=version,
        volume=volume,
        sampling="plain",
        members=[str(version.pk)],
        settings_key="0",
        summary=SUMMARY.to_json(),
        embedding=np.ones(4, dtype="<f4").tobytes(),
        voxels=image_store(voxels.tobytes(order="F")),
        step=0.0027,
    )
