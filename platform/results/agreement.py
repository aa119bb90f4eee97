"""Two readings of a volume against each other, as the rows and the summary of an analysis."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from annotation.models import LabelVersion
from annotation.selectors.labels import label_voxels
from jobs.running import JobFailed
from measures.compare import LabelComparison, compare_label_maps
from measures.result import Measure
from measures.summary import summarise

SUMMARISED = ("dice", "jaccard", "hd95_mm", "assd_mm", "surface_dice", "volume_difference_mm3")
"""The measures that an analysis reports, with mean and SD over the cases."""


def agreement_rows(
    version_a: LabelVersion, version_b: LabelVersion, *, labels: Sequence[Mapping[str, Any]], tolerance_mm: float
) -> list[dict[str, Any]]:
    """Compare two label versions of a volume, label by label.

    Parameters
    ----------
    version_a, version_b : LabelVersion
        Two readings of one volume. The first is the reference where a measure has one.
    labels : sequence of mapping
        The protocol's labels, with `value` and `name`. A label that is in neither reading gives no row: a protocol may
        name more levels than an image shows.
    tolerance_mm : float
        Tolerance of the surface Dice, mm.

    Returns
    -------
    list of dict
        One row per label: the measures, null where undefined with the reason in `undefined`, and the two versions.

    Raises
    ------
    JobFailed
        If the two readings do not lie on one grid.
    """
    a, b = label_voxels(version_a), label_voxels(version_b)
    if not a.grid.same_as(b.grid):
        raise JobFailed(
            f"The two readings of {version_a.volume.name} lie on different grids: "
            f"{a.grid.describe()} and {b.grid.describe()}."
        )
    present = a.counts().keys() | b.counts().keys()
    names = {int(label["value"]): str(label["name"]) for label in labels}
    compared = compare_label_maps(
        a.voxels, b.voxels, a.grid.spacing_mm, labels=sorted(present & names.keys()), tolerance_mm=tolerance_mm
    )
    return [_row(version_a, version_b, names[value], row) for value, row in compared.labels.items()]


def _row(version_a: LabelVersion, version_b: LabelVersion, name: str, compared: LabelComparison) -> dict[str, Any]:
    volume = version_a.volume
    return {
        "case": {"id": str(volume.case_id), "name": volume.case.name},
        "volume": str(volume.pk),
        "volume_name": volume.name,
        "label": compared.label,
        "label_name": name,
        "version_a": str(version_a.pk),
        "version_b": str(version_b.pk),
        "dice": compared.dice,
        "jaccard": compared.jaccard,
        "hd95_mm": compared.hd95_mm,
        "assd_mm": compared.assd_mm,
        "surface_dice": compared.surface_dice,
        "volume_a_mm3": compared.reference_mm3,
        "volume_b_mm3": compared.candidate_mm3,
        "volume_difference_mm3": compared.volume_difference_mm3,
        "undefined": {name: why for name, why in compared.undefined.items() if name in SUMMARISED},
    }


def agreement_summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean and SD over the volumes, per label and measure; what could not enter is listed with its reason."""
    labels = sorted({int(row["label"]) for row in rows})
    return {str(label): _label_summary([row for row in rows if row["label"] == label]) for label in labels}


def _label_summary(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: _summary(rows, name) for name in SUMMARISED}


def _summary(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    summary = summarise({row["volume_name"]: Measure(row[name], row["undefined"].get(name)) for row in rows})
    dropped = [{"case": entry["key"], "reason": entry["reason"]} for entry in map(asdict, summary.dropped)]
    return {
        "mean": summary.mean,
        "sd": summary.sd,
        "n": summary.n,
        "dropped": dropped,
        "undefined": summary.undefined,
    }
