"""The real pairs of readings, where RADICULA_DATA names a folder that holds them."""

from pathlib import Path

import numpy as np
import pytest

from mri.labels import LabelMap
from mri.nifti import read_labels
from protocols import loader
from results.document import CaseFacts, DocumentInputs, VolumeFound, analysis_document
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from results.volume_reading import label_facts, read_volume

pytestmark = pytest.mark.real_data


def answer(protocol: str, maps: dict[str, dict[str, LabelMap]]) -> dict:
    """The document of two raters on some subjects."""
    names = tuple(next(iter(maps.values())))
    readers = tuple(Reader(ReaderType.RATER, name) for name in names)
    parameters = Parameters("inter_rater", readers, measurements=("centroid_s_mm", "volume_mm3"), resamples=200)
    labels = label_facts(loader.load(protocol).to_json())
    volumes = []
    for subject, of_subject in maps.items():
        found = read_volume(dict(enumerate(of_subject.values())), parameters, labels, {})
        case = CaseFacts(subject, f"sub-{subject}", subject, "", {})
        spacing = next(iter(of_subject.values())).grid.spacing_mm
        volumes.append(
            VolumeFound(case, subject, f"sub-{subject}_T2w", spacing, found.rows, found.readings, found.overall)
        )
    given = DocumentInputs({"slug": "real"}, "0", names, labels, tuple(volumes), (), ())
    return analysis_document(given, parameters).document


def test_manual_and_propseg_cords(real_data: Path) -> None:
    stem = "sub-{0}_T2w_label-SC_desc-{1}_seg.nii.gz"
    maps = {
        subject: {
            who: read_labels(real_data / "sct-cervical-t2" / f"sub-{subject}" / "anat" / stem.format(subject, who))
            for who in ("manual", "propseg")
        }
        for subject in ("errsm18", "errsm23")
    }
    document = answer("spinal-cord", maps)
    pair = next(one for one in document["agreement"] if one["pair"] == 0 and one["label"] == 1)
    # Stated with the data: 0.91 to 0.92.
    assert 0.905 < pair["metrics"]["dice"]["minimum"] <= pair["metrics"]["dice"]["maximum"] < 0.925
    assert document["findings"] == []


def test_the_two_rootlet_maps_are_told_to_be_a_level_apart(real_data: Path) -> None:
    folder = real_data / "sct-errsm30" / "anat"
    maps = {
        who: read_labels(folder / f"sub-errsm30_T2w_label-rootlets_desc-{who}_dseg.nii.gz")
        for who in ("sctmanual", "deepseg")
    }
    document = answer("rootlets", {"errsm30": maps})
    (overall,) = document["overall"]
    # Stated with the data: the Dice without regard to levels.
    assert overall["any_label_dice"] == pytest.approx(0.23, abs=0.01)
    (shift,) = [one for one in document["findings"] if one["type"] == "level_shift"]
    assert abs(shift["shift"]) == 1
    assert shift["dice_shifted"] > shift["dice"]
    assert "levels 1 level" in shift["text"]
    assert np.isfinite(shift["dice_shifted"])
