"""Label values and classes, intensities, weights."""

import math
import os
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from jobs.running import JobFailed
from models_app.engine.networks import BUILDERS, network_build
from models_app.engine.predicting import largest_pieces, main_pieces
from models_app.engine.preparing import classes_from_values, normalised, values_from_classes
from models_app.engine.standins import install
from models_app.engine.weights import weights_dump, weights_load
from models_app.specification import ARCHITECTURES, Specification, patch_fitted, specification_for
from models_app.training_settings import settings_for
from protocols import loader


def tiny(label_values: tuple[int, ...] = (1,)) -> Specification:
    sides, patch = (1.0, 1.0, 1.0), (16, 16, 16)
    return Specification("unet3d-small", (4, 8), ("T2w",), sides, patch, ("z-score",), label_values, ())


def test_values_with_gaps_come_back_as_they_were() -> None:
    values = np.random.default_rng(1).choice([0, 2, 3, 8], (6, 5, 4)).astype(np.uint8)
    classes = classes_from_values(values, (2, 3, 8), "a map")
    assert set(np.unique(classes)) == {0, 1, 2, 3}
    assert np.array_equal(values_from_classes(classes, (2, 3, 8)), values)


def test_values_above_255_come_back_as_they_were() -> None:
    values = np.random.default_rng(1).choice([0, 7, 300], (6, 5, 4)).astype(np.uint16)
    back = values_from_classes(classes_from_values(values, (7, 300), "a map"), (7, 300))
    assert back.dtype == np.uint16
    assert np.array_equal(back, values)


def test_a_value_without_a_class_is_refused_by_name() -> None:
    with pytest.raises(JobFailed, match=r"cord.nii.gz holds label values .* no class for: 5"):
        classes_from_values(np.array([[[0, 2, 5]]], dtype=np.uint8), (2,), "cord.nii.gz")


def test_percentile_normalisation_stands_an_outlier() -> None:
    image = torch.from_numpy(np.random.default_rng(0).normal(100, 10, (20, 20, 20)).astype(np.float32))
    spoiled = image.clone()
    spoiled[0, 0, 0] = 1e6
    difference = (normalised(spoiled, "percentile") - normalised(image, "percentile")).flatten()[1:]
    assert float(difference.abs().max()) < 0.01
    assert float((normalised(spoiled, "z-score")).flatten()[1:].std()) < 0.01


def test_a_constant_image_makes_no_nan() -> None:
    assert bool(torch.isfinite(normalised(torch.full((4, 4, 4), 7.0), "percentile")).all())


def test_every_architecture_that_the_site_offers_can_be_built() -> None:
    assert set(BUILDERS) == set(ARCHITECTURES)
    for name, architecture in ARCHITECTURES.items():
        if architecture.plans_itself:
            continue  # its network follows from a plan, which follows from data: see test_nnunet.py
        specification = specification_for(loader.load("rootlets"), name)
        network = network_build(specification).eval()
        # One that takes clicks sees two channels of them, and says the clicked structure or not.
        seen, said = (3, 2) if architecture.clicks else (1, specification.classes)
        out = network(torch.zeros(1, seen, *specification.patch))
        assert out.shape == (1, said, *specification.patch)


def test_weights_come_back_equal(tmp_path: Path) -> None:
    first, second = network_build(tiny()), network_build(tiny())
    path = tmp_path / "weights"
    path.write_bytes(weights_dump(first.state_dict()))
    weights_load(path, second)
    for name, value in first.state_dict().items():
        assert torch.equal(second.state_dict()[name], value)


class Poison:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("save", ["pickle", "torch"])
def test_a_poisoned_weight_file_is_refused_and_does_nothing(tmp_path: Path, save: str) -> None:
    marker, path = tmp_path / "owned", tmp_path / "weights"
    if save == "pickle":
        path.write_bytes(pickle.dumps(Poison(marker)))
    else:
        torch.save({"layer": Poison(marker)}, path)
    with pytest.raises(JobFailed, match="was refused"):
        weights_load(path, network_build(tiny()))
    assert not marker.exists()


@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_a_damaged_weight_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "weights"
    path.write_bytes(content)
    with pytest.raises(JobFailed, match="was refused"):
        weights_load(path, network_build(tiny()))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(weights_dump(nn.Linear(2, 2).state_dict()))
    with pytest.raises(JobFailed, match="another network"):
        weights_load(path, network_build(tiny()))


def test_largest_pieces_keeps_one_piece_of_each_class() -> None:
    classes = np.zeros((10, 4, 4), dtype=np.uint8)
    classes[0:3, 0, 0] = 1
    classes[6:8, 0, 0] = 1
    classes[0:2, 3, 3] = 2
    kept = largest_pieces(classes)
    assert kept[0:3, 0, 0].tolist() == [1, 1, 1]
    assert kept[6:8].sum() == 0
    assert kept[0:2, 3, 3].tolist() == [2, 2]


def test_a_box_is_around_both_sides_and_leaves_stray_voxels_out() -> None:
    found = np.zeros((30, 8, 8), dtype=bool)
    found[2:6, 2:6, 2:6] = True
    found[20:23, 2:5, 2:5] = True
    found[28, 7, 7] = True
    kept = main_pieces(found)
    assert kept[2:6, 2:6, 2:6].all()
    assert kept[20:23, 2:5, 2:5].all()
    assert kept.sum() == 4**3 + 3**3
    assert not main_pieces(np.zeros((4, 4, 4), dtype=bool)).any()


def test_a_patch_is_shaped_after_the_data_and_never_grows() -> None:
    assert patch_fitted((48, 96, 96), 48 * 96 * 96, [(52, 216, 384)]) == (56, 88, 88)
    assert patch_fitted((48, 96, 96), 48 * 96 * 96, []) == (48, 96, 96)
    assert patch_fitted((48, 96, 96), 48 * 96 * 96, [(20, 20, 20)]) == (24, 24, 24)


def test_a_training_may_ask_for_smaller_patches() -> None:
    cord = loader.load("spinal-cord")
    usual = specification_for(cord).patch
    patch = specification_for(cord, settings=settings_for(cord, patch_voxels=32**3)).patch
    assert math.prod(patch) <= 32**3 < math.prod(usual)
    assert all(side % 8 == 0 for side in patch)


def test_a_side_without_a_partner_is_never_mirrored() -> None:
    cord = loader.load("spinal-cord")
    assert specification_for(cord, "unet3d").flips == ("left-right",)
    sided = replace(cord, labels=tuple(replace(label, side="left") for label in cord.labels))
    assert specification_for(sided, "unet3d").flips == ()


def test_the_stand_ins_let_monai_label_and_torchvision_in() -> None:
    install()
    import torchvision
    from monailabel.scribbles import utils

    mask = utils.maxflow(np.zeros((1, 4, 4, 4)), np.stack([np.full((4, 4, 4), 0.1), np.full((4, 4, 4), 0.9)]))
    assert mask.shape == (1, 4, 4, 4)
    assert mask.all()
    assert torchvision.__version__
