"""Left and right: in a mirror they change places, in the label map and in the answer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models_app.engine.patches import PatchStream, Sample, mirrored, sample_make
from models_app.engine.predicting import classes_predict
from models_app.engine.preparing import SourceImage
from models_app.sides import mirror_pairs
from models_app.specification import Specification, TrainingSettings, specification_for
from mri.geometry import Grid
from protocols import loader
from protocols.labels import Label, Side
from protocols.protocol import Protocol

LABELS = (
    Label(1, "Dorsal column, left", "#112233", "left", ""),
    Label(2, "Grey matter, left", "#112234", "left", ""),
    Label(5, "Right dorsal column", "#112235", "right", ""),
    Label(6, "Grey matter, right", "#112236", "right", ""),
    Label(9, "Canal", "#112237", "midline", ""),
)


def protocol() -> Protocol:
    return replace(loader.load("spinal-cord"), labels=LABELS)


def sided(patch: tuple[int, int, int] = (16, 16, 16)) -> Specification:
    return replace(specification_for(protocol(), "unet3d-small"), patch=patch)


def settings(**chosen: Any) -> TrainingSettings:
    return TrainingSettings(**{"epochs": 1, "steps_per_epoch": 40, "batch_size": 1, "learning_rate": 0.01,
                               "foreground_share": 1.0, "seed": 3, **chosen})  # fmt: skip


def test_labels_are_paired_by_name_whatever_the_order_of_words() -> None:
    assert mirror_pairs(LABELS) == ((1, 5), (2, 6))
    assert sided().mirror_pairs == ((1, 5), (2, 6))
    assert sided().mirrored_classes() == [0, 3, 4, 1, 2, 5]


@pytest.mark.parametrize(
    ("name", "side"), [("Grey matter, left", "left"), ("White matter, right", "right")], ids=["twice", "alone"]
)
def test_a_label_without_a_partner_forbids_the_mirror(name: str, side: Side) -> None:
    labels = (*LABELS, Label(7, name, "#112238", side, ""))
    assert mirror_pairs(labels) is None
    alone = replace(loader.load("spinal-cord"), labels=labels)
    assert specification_for(alone, "unet3d").flips == ()


def test_levels_keep_sides_apart() -> None:
    roots = tuple(
        Label(value, f"Root, {side}", f"#0000{value:02d}", side, level)
        for value, side, level in ((1, "left", "L4"), (2, "right", "L4"), (3, "left", "L5"), (4, "right", "L5"))
    )
    assert mirror_pairs(roots) == ((1, 2), (3, 4))  # type: ignore[arg-type]


def test_a_mirrored_patch_has_its_sides_changed() -> None:
    image = np.arange(8, dtype=np.float32).reshape(1, 8, 1, 1)
    classes = np.array([1, 1, 0, 0, 0, 0, 3, 5], dtype=np.uint8).reshape(8, 1, 1)
    swapped = np.array([0, 3, 4, 1, 2, 5], dtype=np.uint8)
    seen, labels = mirrored(image, classes, 0, swapped)
    assert seen.ravel().tolist() == [7, 6, 5, 4, 3, 2, 1, 0]
    assert labels.ravel().tolist() == [5, 1, 0, 0, 0, 0, 3, 3]
    # Upside down, left stays left.
    assert mirrored(image, classes, 2, swapped)[1].ravel().tolist() == classes.ravel().tolist()


def _two_sided_sample() -> Sample:
    """Left of the middle all is class 1, and dark; right of it all is class 3, and bright only at the very edge."""
    classes = torch.ones((16, 16, 16), dtype=torch.uint8)
    classes[8:] = 3
    image = torch.linspace(-1, 1, 16)[:, None, None].expand(16, 16, 16).clone()[None]
    from pathlib import Path

    return sample_make("two", image, classes, budget_bytes=10**9, folder=Path(), seed=0)


def test_a_network_never_sees_left_on_the_right() -> None:
    stream = PatchStream([_two_sided_sample()], sided(), settings())
    ways = set()
    for batch in stream.epoch(1):
        labels = batch["label"][0, 0]
        # Whatever was turned: class 1 (left) lies at low x in every patch, class 3 (right) at high x.
        assert float((labels[0] == 1).float().mean()) > 0.9
        assert float((labels[-1] == 3).float().mean()) > 0.9
        ways.add(bool(batch["image"][0, 0, 0].mean() > batch["image"][0, 0, -1].mean()))
    assert ways == {True, False}, "some patches were mirrored, and some not"


class _LeftOfMiddle(nn.Module):
    """Says class 1 for low x and class 3 for high x, from the place alone: right in any image, mirrored or not."""

    def forward(self, block: Tensor) -> Tensor:
        out = torch.zeros((block.shape[0], 6, *block.shape[2:]))
        half = block.shape[2] // 2
        out[:, 1, :half], out[:, 3, half:] = 9.0, 9.0
        return out


def test_the_mirrored_view_votes_for_the_same_sides() -> None:
    grid = Grid((16, 16, 16), np.eye(4))
    source = SourceImage(torch.zeros((1, 16, 16, 16)), grid)
    specification = replace(sided(), spacing_mm=(1.0, 1.0, 1.0))
    classes = classes_predict(_LeftOfMiddle(), source, specification, device=torch.device("cpu"))
    assert (classes[:8] == 1).all()
    assert (classes[8:] == 3).all()


def test_slices_across_the_sides_are_not_mirrored() -> None:
    sagittal = replace(protocol(), layout=replace(protocol().layout, primary_plane="sagittal"))
    flat = specification_for(sagittal, "light-unet-2d")
    assert flat.slice_axis == 0
    assert "left-right" not in flat.flips
    assert "left-right" in specification_for(protocol(), "light-unet-2d").flips
