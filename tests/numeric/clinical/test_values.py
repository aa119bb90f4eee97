"""Tables of clinical measures as single numbers, and points from files."""

import json
from pathlib import Path

import numpy as np
import pytest

from measures.clinical.catalogue import CATALOGUE
from measures.clinical.inputs import CaseInputs, ScalarMap
from measures.clinical.values import protocol_meanings, quantities, table_values
from mri.errors import ImageError
from mri.geometry import Grid
from mri.labels import LabelMap
from mri.points import read_points
from protocols import loader
from tests.commands.test_measure import cord_with_rootlets
from tests.numeric.clinical.test_lumbar import spine_grid, stack


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_column_is_a_quantity_or_says_what_a_row_is_about(name: str) -> None:
    found = quantities(name)
    assert found
    assert len({one.name for one in found}) == len(found)
    assert all(one.title and one.meaning for one in found)


def test_values_name_the_label_they_are_read_off() -> None:
    meanings = protocol_meanings(loader.load("dentate-qsm").to_json()["labels"])
    voxels = np.zeros((8, 4, 4), dtype=np.uint8)
    voxels[1:3, 1, 1], voxels[5:7, 1, 1] = 1, 2
    grid = Grid((8, 4, 4), np.diag([1.0, 1.0, 1.0, 1.0]))
    inputs = CaseInputs(LabelMap(voxels, grid), {}, {"QSM": ScalarMap(np.full(grid.shape, 0.1), grid)}, meanings)
    found = {(v.label, v.quantity): v for v in table_values(CATALOGUE["susceptibility"].measure(inputs), meanings)}
    assert found[1, "volume"].measure.value == 2.0
    assert (found[2, "mean"].side, found[2, "mean"].item) == ("right", "Dentate right")
    assert found[2, "mean"].measure.value == pytest.approx(0.1)
    assert not {one.name: one.ratio_scale for one in quantities("susceptibility")}["mean"]


def test_ventral_rootlets_are_left_out_and_a_point_stands_for_the_voxel() -> None:
    cord, rootlets, pmj = cord_with_rootlets()
    grid = Grid(cord.shape, np.eye(4))
    measure, meanings = CATALOGUE["spinal-levels"], protocol_meanings(
        loader.load("rootlets").with_options(["ventral"]).to_json()["labels"]
    )  # fmt: skip
    maps = {"cord": LabelMap(cord, grid)}
    by_voxel = measure.measure(CaseInputs(LabelMap(rootlets, grid), {**maps, "pmj": LabelMap(pmj, grid)}, {}, meanings))
    ventral = np.where(np.roll(rootlets, 3, axis=2) > 0, np.roll(rootlets, 3, axis=2) + 10, 0).astype(np.uint8)
    both = np.where(rootlets > 0, rootlets, ventral)
    point = {"pmj": (7.0, 11.0, 38.0)}
    by_point = measure.measure(CaseInputs(LabelMap(both, grid), maps, {}, meanings, point))
    assert by_point.rows == by_voxel.rows
    assert "ventral" in by_point.notes[-1]
    assert {v.level for v in table_values(by_point, meanings)} == {"C3", "C4"}


def test_discs_vertebrae_and_segments_have_their_labels() -> None:
    meanings = protocol_meanings(loader.load("lumbar-morphometry").to_json()["labels"])
    grid = spine_grid("PSR", (4.0, 1.0, 1.0), 0.0)
    inputs = CaseInputs(LabelMap(stack(grid), grid), meanings=meanings)
    found = [
        value
        for name in ("disc-heights", "vertebral-heights", "spinal-angles")
        for value in table_values(CATALOGUE[name].measure(inputs), meanings)
    ]
    by_item = {one.item: one.label for one in found}
    names = {m.value: m.name for m in meanings}
    assert names[by_item["Disc L4/L5"] or 0] == "Disc L4/L5"
    assert names[by_item["L3"] or 0] == "L3"
    assert names[by_item["Segment L4/L5"] or 0] == "Disc L4/L5"
    assert names[by_item["Lordosis L1-S1"] or 0] == "L1"


@pytest.mark.parametrize(
    "content",
    [
        {"PMJ": [1, -2, 3.5]},
        [{"name": "PMJ", "points_ras_mm": [[1, -2, 3.5]]}, {"name": "length", "points_ras_mm": [[0, 0, 0], [1, 1, 1]]}],
        {"markups": [{"coordinateSystem": "LPS", "controlPoints": [{"label": "PMJ", "position": [-1, 2, 3.5]}]}]},
        {"markups": [{"coordinateSystem": "RAS", "controlPoints": [{"label": "pmj", "position": [1, -2, 3.5]}]}]},
    ],
)
def test_points_of_the_site_and_of_slicer(tmp_path: Path, content: object) -> None:
    path = tmp_path / "points.json"
    path.write_text(json.dumps(content))
    assert read_points(path) == {"pmj": (1.0, -2.0, 3.5)}


@pytest.mark.parametrize("text", ["", "[]", '{"PMJ": [1, 2]}', '{"PMJ": [1, 2, null]}', '{"PMJ": [1, 2, NaN]}', "3"])
def test_a_file_without_points_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.json"
    path.write_text(text)
    with pytest.raises(ImageError, match=r"points\.json"):
        read_points(path)
