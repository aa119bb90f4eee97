"""How good a model is: measures per label on test cases, on the images' own grids."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from measures.compare import LabelComparison, compare_label_maps
from models_app.score_table import MEASURES
from mri.labels import LabelMap


@dataclass(frozen=True)
class CaseScore:
    """Dice of one case by label value; where it is undefined, why.

    `measures` holds by label value as text what is kept of a scored case: `models_app.score_table.MEASURES`, both
    volumes in mm3, and `undefined`.
    """

    name: str
    dice: dict[int, float | None]
    undefined: dict[int, str]
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain data, by label value."""
        return {str(value): {"dice": dice, "undefined": self.undefined.get(value)} for value, dice in self.dice.items()}


def case_score(name: str, truth: LabelMap, proposed: LabelMap, label_values: Sequence[int]) -> CaseScore:
    """Compare a model's label map with the accepted one, voxel for voxel.

    Raises
    ------
    ValueError
        If the two are not on one grid.
    """
    if not truth.grid.same_as(proposed.grid):
        raise ValueError(f"{name}: the model's map is not on the image's grid.")
    compared = compare_label_maps(truth.voxels, proposed.voxels, truth.grid.spacing_mm, label_values)
    return CaseScore(
        name,
        {value: row.dice for value, row in compared.labels.items()},
        {value: row.undefined["dice"] for value, row in compared.labels.items() if row.dice is None},
        {str(value): _kept(row) for value, row in compared.labels.items()},
    )


def _kept(row: LabelComparison) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in (*MEASURES, "reference_mm3", "candidate_mm3")},
        "undefined": {name: why for name, why in row.undefined.items() if name in MEASURES},
    }
