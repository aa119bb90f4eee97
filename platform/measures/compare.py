"""All measures of one label map against another, label by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from measures import overlap
from measures.distance import assd_mm, checked_spacing, distances_between, hausdorff_mm, hd95_mm, surface_dice
from measures.instances import match_pieces
from measures.label_shape import LabelShape, label_shape
from measures.location import between_centroids_mm
from measures.result import Measure
from measures.summary import Summary, summarise
from mri.errors import ImageError
from mri.nifti import read_labels

AVERAGED = (
    "dice", "jaccard", "precision", "recall", "specificity", "volume_similarity", "hausdorff_mm", "hd95_mm",
    "assd_mm", "surface_dice", "centroid_distance_mm", "detection_f1", "reference_mm3", "candidate_mm3",
    "volume_difference_mm3",
)  # fmt: skip
"""The measures in the order of a report; each is a field of :class:`LabelComparison`."""

Box = tuple[slice, ...]


@dataclass(frozen=True)
class LabelComparison:
    """One label in a reference and a candidate map.

    Attributes
    ----------
    label : int
        The value.
    dice, jaccard, precision, recall, specificity, volume_similarity : float or None
        See :mod:`measures.overlap`. The field of the specificity is the whole array.
    hausdorff_mm, hd95_mm, assd_mm : float or None
        See :mod:`measures.distance`.
    surface_dice : float or None
        At the comparison's tolerance.
    centroid_distance_mm : float or None
        See :mod:`measures.location`.
    detection_f1 : float or None
        Connected pieces found, at a Jaccard index of 0.5: see :mod:`measures.instances`.
    reference_mm3, candidate_mm3, volume_difference_mm3 : float
        Volumes, and candidate minus reference; an empty label has the volume 0.
    undefined : dict of str to str
        For each measure that is None, why.
    """

    label: int
    dice: float | None
    jaccard: float | None
    precision: float | None
    recall: float | None
    specificity: float | None
    volume_similarity: float | None
    hausdorff_mm: float | None
    hd95_mm: float | None
    assd_mm: float | None
    surface_dice: float | None
    centroid_distance_mm: float | None
    detection_f1: float | None
    reference_mm3: float
    candidate_mm3: float
    volume_difference_mm3: float
    undefined: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the measures by name, None where undefined, and ``"undefined"`` with the reasons."""
        return {name: getattr(self, name) for name in AVERAGED} | {"undefined": dict(self.undefined)}


@dataclass(frozen=True)
class Comparison:
    """A candidate map against a reference map.

    Attributes
    ----------
    labels : dict of int to LabelComparison
        Values ascending.
    mean : dict of str to Summary
        For each measure, over the labels; undefined ones are dropped and named.
    tolerance_mm : float
        Tolerance of ``surface_dice``.
    """

    labels: dict[int, LabelComparison]
    mean: dict[str, Summary]
    tolerance_mm: float

    def to_json(self) -> dict[str, Any]:
        """Return what ``radicula compare --json`` prints.

        ``labels`` by value; ``mean`` by measure, with the measures that no label defines in ``undefined``; ``n`` is the
        number of labels in each mean, ``dropped`` names, by measure, the labels left out of it, with the reason.
        """
        mean: dict[str, Any] = {name: s.mean for name, s in self.mean.items()}
        mean["undefined"] = {name: s.undefined["mean"] for name, s in self.mean.items() if s.mean is None}
        dropped = {name: {d.key: d.reason for d in s.dropped} for name, s in self.mean.items() if s.dropped}
        return {
            "labels": {str(value): c.to_json() for value, c in self.labels.items()},
            "mean": mean,
            "n": {name: s.n for name, s in self.mean.items()},
            "dropped": dropped,
            "tolerance_mm": self.tolerance_mm,
        }


def compare_label_maps(
    reference: NDArray[Any],
    candidate: NDArray[Any],
    spacing_mm: Sequence[float],
    labels: Iterable[int] | None = None,
    tolerance_mm: float = 1.0,
) -> Comparison:
    """Compare two label maps on one grid.

    Parameters
    ----------
    reference, candidate : numpy.ndarray of an integer dtype, shape (I, J, K)
        Label values, 0 is background. Not modified. That both lie on one grid is the caller's to check.
    spacing_mm : sequence of float
        Voxel size along i, j, k, mm.
    labels : iterable of int, optional
        Which values; by default all that occur in either map. A value asked for and found in neither is reported with
        its reasons.
    tolerance_mm : float, default 1
        Tolerance of the surface Dice.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        For shapes or a spacing that don't fit, a dtype that holds no labels, a label of 0 or less, a negative
        tolerance.

    Notes
    -----
    Each label is measured within the box around its voxels in both maps, so time grows with the boxes.

    Examples
    --------
    >>> a = np.zeros((4, 4, 4), dtype=np.uint8)
    >>> a[1:3, 1:3, 1:3] = 2
    >>> compare_label_maps(a, a, (1.0, 1.0, 1.0)).labels[2].dice
    1.0
    """
    for array in (reference, candidate):
        if array.dtype.kind not in "iu":
            raise ValueError(f"Label maps hold integers; {array.dtype} came.")
    if reference.shape != candidate.shape:
        raise ValueError(f"Two label maps of one shape are compared; {reference.shape} and {candidate.shape} came.")
    spacing = checked_spacing(spacing_mm, reference.ndim)
    boxes_r, boxes_c = label_boxes(reference), label_boxes(candidate)
    values = sorted(set(boxes_r) | set(boxes_c)) if labels is None else sorted({int(v) for v in labels})
    if values and values[0] < 1:
        raise ValueError(f"A label is 1 or more (0 is background); {values[0]} came.")
    compared = {}
    for value in values:
        # A label found in neither map has no box: an empty one gives every measure its own reason.
        box = box_union(boxes_r.get(value), boxes_c.get(value)) or (slice(0, 0),) * reference.ndim
        first, second = (label_shape(array, value, box, spacing) for array in (reference, candidate))
        compared[value] = compare_shapes(value, first, second, reference.size, tolerance_mm)
    return summarised(compared, tolerance_mm)


def compare_files(
    reference: Path | str, candidate: Path | str, *, labels: Iterable[int] | None = None, tolerance_mm: float = 1.0
) -> Comparison:
    """Compare two label files.

    Parameters
    ----------
    reference, candidate : path-like
        NIfTI files of whole numbers on one grid.
    labels, tolerance_mm
        As for :func:`compare_label_maps`.

    Returns
    -------
    Comparison

    Raises
    ------
    ImageError
        Where a file can't be read as a label map, or the grids differ (``grid-mismatch``, both are named).
    ValueError
        For labels or a tolerance that can't be.
    """
    first, second = read_labels(reference), read_labels(candidate)
    if not first.grid.same_as(second.grid):
        raise ImageError(
            f"The grids of the two label maps differ. {Path(reference).name}: {first.grid.describe()}. "
            f"{Path(candidate).name}: {second.grid.describe()}. Resample one to the other with nearest neighbour.",
            "grid-mismatch",
        )
    return compare_label_maps(first.voxels, second.voxels, first.grid.spacing_mm, labels, tolerance_mm)


def compare_shapes(
    value: int, reference: LabelShape, candidate: LabelShape, field_voxels: int, tolerance_mm: float
) -> LabelComparison:
    """Compare a label of two maps.

    Parameters
    ----------
    value : int
        The label.
    reference, candidate : LabelShape
        Within one box, which holds all of both.
    field_voxels : int
        Voxels of the whole maps.
    tolerance_mm : float
        Tolerance of the surface Dice.

    Returns
    -------
    LabelComparison
    """
    both = int(np.count_nonzero(reference.mask & candidate.mask))
    counts = overlap.OverlapCounts(reference.voxels, candidate.voxels, both)
    distances = distances_between(reference.field, candidate.field)
    measured: Mapping[str, Measure] = {
        "dice": overlap.dice(counts),
        "jaccard": overlap.jaccard(counts),
        "precision": overlap.precision(counts),
        "recall": overlap.recall(counts),
        "specificity": overlap.specificity(counts, field_voxels),
        "volume_similarity": overlap.volume_similarity(counts),
        "hausdorff_mm": hausdorff_mm(distances),
        "hd95_mm": hd95_mm(distances),
        "assd_mm": assd_mm(distances),
        "surface_dice": surface_dice(distances, tolerance_mm),
        "centroid_distance_mm": between_centroids_mm(reference.centroid, candidate.centroid, reference.spacing_mm),
        "detection_f1": match_pieces(reference.pieces, candidate.pieces).f1,
    }
    voxel_mm3 = float(np.prod(reference.spacing_mm))
    return LabelComparison(
        label=value,
        reference_mm3=counts.reference * voxel_mm3,
        candidate_mm3=counts.candidate * voxel_mm3,
        volume_difference_mm3=(counts.candidate - counts.reference) * voxel_mm3,
        undefined={name: m.undefined for name, m in measured.items() if m.undefined is not None},
        **{name: m.value for name, m in measured.items()},
    )


def summarised(compared: dict[int, LabelComparison], tolerance_mm: float) -> Comparison:
    """Return the comparison of two maps from its labels, with the means over them."""
    mean = {name: summarise({str(v): _measure(c, name) for v, c in compared.items()}) for name in AVERAGED}
    return Comparison(compared, mean, float(tolerance_mm))


def label_boxes(labels: NDArray[Any]) -> dict[int, Box]:
    """Return the box around each label's voxels, for the labels that occur."""
    found = ndimage.find_objects(labels if labels.dtype.itemsize <= 4 else labels.astype(np.int32))
    return {value: tuple(box) for value, box in enumerate(found, start=1) if box is not None}


def box_union(first: Box | None, second: Box | None) -> Box | None:
    """Return the smallest box around two; None stands for no box."""
    if first is None or second is None:
        return first or second
    return tuple(slice(min(a.start, b.start), max(a.stop, b.stop)) for a, b in zip(first, second, strict=True))


def _measure(comparison: LabelComparison, name: str) -> Measure:
    return Measure(getattr(comparison, name), comparison.undefined.get(name))
