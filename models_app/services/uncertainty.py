"""Keeping what a model was unsure about, and handing it to a choice case by case."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.models import Volume
from annotation.services.storing import image_store
from models_app.models import ModelVersion, UncertaintyRecord
from selection.pool import ScoredCase
from selection.summary import CaseSummary, Sampling
from selection.uncertainty import quantised


def settings_key(members: Sequence[ModelVersion], sampling: Sampling, passes: int, margin_mm: float) -> str:
    """The hash of what decides a record beside its version and its volume."""
    told: dict[str, Any] = {
        "members": [str(version.pk) for version in members],
        "sampling": sampling.value,
        "passes": passes,
        "margin_mm": margin_mm,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def uncertainty_keep(
    *,
    members: Sequence[ModelVersion],
    volume: Volume,
    sampling: Sampling,
    key: str,
    summary: CaseSummary,
    uncertainty: NDArray[np.float32],
    embedding: NDArray[np.float32],
) -> UncertaintyRecord:
    """Keep a record; one that is there already stays as it is.

    Parameters
    ----------
    members : sequence of ModelVersion
        Who was asked, the first one first.
    volume : Volume
        About what.
    sampling : Sampling
        How.
    key : str
        From `settings_key`.
    summary : CaseSummary
        In numbers.
    uncertainty : numpy.ndarray of float32, shape (I, J, K)
        On the volume's grid.
    embedding : numpy.ndarray of float32, shape (D,)
        Where the model puts the image.
    """
    voxels, step = quantised(uncertainty)
    record, _ = UncertaintyRecord.objects.get_or_create(
        model_version=members[0],
        volume=volume,
        sampling=sampling.value,
        settings_key=key,
        defaults={
            "members": [str(version.pk) for version in members],
            "summary": summary.to_json(),
            "embedding": embedding.astype("<f4").tobytes(),
            "voxels": image_store(voxels.tobytes(order="F")),
            "step": step,
        },
    )
    return record


def scored_cases(
    volumes: Sequence[Volume], version: ModelVersion | None, sampling: Sampling | None, key: str
) -> Iterator[ScoredCase]:
    """The cases of some volumes with their records, one at a time; maps are not read.

    A case without a record comes without a summary: strategies that need one pass it over.
    """
    records: dict[Any, tuple[dict[str, Any], bytes]] = {}
    if version is not None and sampling is not None:
        rows = UncertaintyRecord.objects.filter(model_version=version, sampling=sampling.value, settings_key=key)
        found = rows.values_list("volume_id", "summary", "embedding")
        records = {volume: (summary, bytes(embedding)) for volume, summary, embedding in found.iterator(chunk_size=500)}
    for volume in volumes:
        kept = records.get(volume.pk)
        if kept is None:
            yield ScoredCase(str(volume.case_id))
        else:
            yield ScoredCase(str(volume.case_id), CaseSummary.from_json(kept[0]), np.frombuffer(kept[1], "<f4"))
