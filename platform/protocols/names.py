"""The names that a protocol file may use: what the platform can show, train, check, measure and report.

A file that asks for anything else is refused, with the line and the names that there are.
"""

from __future__ import annotations

from typing import Literal

from mri.diffusion.maps import MAPS

FORMAT = 2
"""Newest format of protocol files that is understood; 1 had no more than labels, images, one layout and one network."""

SIDES = ("left", "right", "both", "midline")
PLANES = ("axial", "sagittal", "coronal")
VIEWS = (*PLANES, "3d")
SUFFIXES = ("dseg", "seg", "mask")
FLIPS = ("left-right", "anterior-posterior", "superior-inferior")
NORMALISATIONS = ("z-score", "percentile")
COLOUR_MAPS = ("grey", "viridis", "hot", "diverging", "direction")
WINDOW_UNITS = ("percentile", "value")
CONVENTIONS = ("radiological", "neurological")
FRAMES = ("one", "many")
DERIVED_MAPS = tuple(MAPS)
TENSOR_FITS: tuple[Literal["OLS", "WLS", "NLLS"], ...] = ("OLS", "WLS", "NLLS")
TRACKERS = ("deterministic", "EuDX")

VIEWPORTS_OF_LAYOUT: dict[str, tuple[int, int]] = {
    "1": (1, 1),
    "2x1": (2, 2),
    "mpr": (3, 3),
    "2x2-3d": (4, 4),
    "compare": (2, 4),
}
"""Fewest and most viewports of each layout."""

ARCHITECTURES = (
    "unet3d",
    "unet3d-small",
    "segresnet",
    "dynunet",
    "flexible-unet-2d",
    "light-unet-2d",
    "cascade",
    "nnunet",
    "deepedit",
)
ENCODERS = ("resnet18", "resnet34", "resnet50", "efficientnet-b0", "efficientnet-b4")

MEASURES = (
    "overlap",
    "distance",
    "spinal-levels",
    "level-variability",
    "disc-heights",
    "vertebral-heights",
    "spinal-angles",
    "muscle-areas",
    "loading",
    "region-diffusion",
    "index-error",
    "nerve-diffusion",
    "susceptibility",
)

STATISTICS = (
    "inter_rater",
    "intra_rater",
    "reliability",
    "cov",
    "timing",
    "manual_vs_automatic",
    "correlation",
    "architecture_comparison",
    "external_test",
    "index_error",
    "rating",
    "consensus",
    "rounds",
)

FIGURES = (
    "dice_by_label",
    "bland_altman",
    "scatter",
    "cov_by_level",
    "learning_curve",
    "architecture_comparison",
    "timing",
    "index_error",
    "rating",
)

CHECKS: dict[str, tuple[str, ...]] = {
    "side": ("tolerance_mm", "share"),
    "level_order": ("tolerance_mm",),
    "level_missing": (),
    "level_split": ("gap_mm",),
    "islands": ("smallest_mm3",),
    "outside_cord": ("reach_mm",),
    "disc_neighbours": ("reach_mm",),
}
"""Checks at submit, each with its parameters."""
