"""Which phantom belongs to which protocol, and how its label maps are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mri.labels import LabelMap
from mri.phantom.case import PhantomCase, PhantomImage, ScanSettings, Truth
from mri.phantom.cervical import DEFAULT_SHAPE, DEFAULT_SPACING_MM, CervicalPhantom, cervical_phantom
from mri.phantom.cord_dwi import DEFAULT_SCAN as CORD_SCAN
from mri.phantom.cord_dwi import cord_dwi_case
from mri.phantom.dentate import DEFAULT_SCAN as DENTATE_SCAN
from mri.phantom.dentate import dentate_case
from mri.phantom.lumbar_nerves import DEFAULT_SCAN as NERVE_SCAN
from mri.phantom.lumbar_nerves import lumbar_nerves_case
from mri.phantom.lumbar_spine import DEFAULT_SCAN as SPINE_SCAN
from mri.phantom.lumbar_spine import lumbar_spine_case

ProtocolName = Literal["cord-dti", "dentate-qsm", "lumbar-morphometry", "lumbar-nerve-dti", "rootlets", "spinal-cord"]


@dataclass(frozen=True)
class Maker:
    """How a protocol's phantoms are made.

    Attributes
    ----------
    make : callable
        Takes a seed and scan settings.
    scan : ScanSettings
        Field of view, voxel size and noise where nothing else is asked for: small enough to be made in about a second.
    label, suffix : str
        Of the label maps' file names, as in the protocol.
    options : mapping of str to callable
        By an option of the protocol, what makes them with the labels that it brings in.
    """

    make: Callable[[int, ScanSettings], PhantomCase]
    scan: ScanSettings
    label: str
    suffix: str = "dseg"
    options: Mapping[str, Callable[[int, ScanSettings], PhantomCase]] = field(default_factory=dict)

    def maker(self, option: str | None) -> Callable[[int, ScanSettings], PhantomCase]:
        """What makes a phantom, with an option of the protocol or without any.

        Raises
        ------
        ValueError
            If there is no such option.
        """
        if option is None:
            return self.make
        if option not in self.options:
            there = f"it has {', '.join(self.options)}" if self.options else "it has none"
            raise ValueError(f"This phantom has no option {option!r}; {there}.")
        return self.options[option]


def cervical_case(seed: int, scan: ScanSettings, *, rootlets: bool, ventral: bool = False) -> PhantomCase:
    """Make a neck on T2w, labelled with its rootlets or with its cord.

    Parameters
    ----------
    seed : int
        The anatomy depends on it alone.
    scan : ScanSettings
        As for every phantom.
    rootlets : bool
        Label dorsal rootlets by level (the truth is then the distance of every level from the pontomedullary
        junction; cord and junction come as masks), or the cord.
    ventral : bool
        Label the ventral rootlets too. The image holds them in any case.
    """
    made = cervical_phantom(
        seed,
        shape_ras=scan.shape_ras,
        spacing_ras_mm=scan.spacing_ras_mm,
        orientation=scan.orientation,
        oblique_deg=scan.oblique_deg,
        noise=scan.noise,
        bias=scan.bias,
        gain=scan.gain,
        session=scan.session,
        shift_mm=scan.shift_mm,
    )
    if not rootlets:
        return PhantomCase((PhantomImage(made.image, made.cord, "anat", "T2w"),), ())
    labels = _both_rows(made) if ventral else made.rootlets
    image = PhantomImage(made.image, labels, "anat", "T2w", masks={("SC", "seg"): made.cord, **_junction(made)})
    return PhantomCase((image,), _levels(made), {"pmj_ras_mm": [round(at, 6) for at in made.pmj_ras_mm]})


def _both_rows(made: CervicalPhantom) -> LabelMap:
    """Dorsal and ventral rootlets in one map; a voxel that both fill is dorsal."""
    dorsal, ventral = made.rootlets.voxels, made.ventral.voxels
    return LabelMap(np.where(dorsal > 0, dorsal, ventral).astype(np.uint8), made.grid)


def _junction(made: CervicalPhantom) -> dict[tuple[str, str], LabelMap]:
    """The pontomedullary junction as one voxel of value 50, where the field of view reaches it."""
    i, j, k = (round(float(at)) for at in made.grid.ijk_from_ras(made.pmj_ras_mm))
    if not all(0 <= at < size for at, size in zip((i, j, k), made.grid.shape, strict=True)):
        return {}
    voxels = np.zeros(made.grid.shape, dtype=np.uint8)
    voxels[i, j, k] = PMJ_VALUE
    return {("PMJ", "dlabel"): LabelMap(voxels, made.grid)}


def _levels(made: CervicalPhantom) -> tuple[Truth, ...]:
    return tuple(
        Truth(f"C{level.level}", quantity, float(np.round(value, 6)), "mm")
        for level in made.levels
        for quantity, value in (
            ("distance_from_pmj_start", level.caudal_from_pmj_mm),
            ("distance_from_pmj_end", level.rostral_from_pmj_mm),
            ("height", level.caudal_from_pmj_mm - level.rostral_from_pmj_mm),
            ("midpoint", (level.caudal_from_pmj_mm + level.rostral_from_pmj_mm) / 2),
        )
    )


def _rootlets(seed: int, scan: ScanSettings) -> PhantomCase:
    return cervical_case(seed, scan, rootlets=True)


def _both_rootlets(seed: int, scan: ScanSettings) -> PhantomCase:
    return cervical_case(seed, scan, rootlets=True, ventral=True)


def _cord(seed: int, scan: ScanSettings) -> PhantomCase:
    return cervical_case(seed, scan, rootlets=False)


PMJ_VALUE = 50
"""As in the published study's files."""

_NECK = ScanSettings(DEFAULT_SHAPE, DEFAULT_SPACING_MM, noise=0.022)

MAKERS: Mapping[ProtocolName, Maker] = {
    "cord-dti": Maker(cord_dwi_case, CORD_SCAN, "cordregions"),
    "dentate-qsm": Maker(dentate_case, DENTATE_SCAN, "dentate"),
    "lumbar-morphometry": Maker(lumbar_spine_case, SPINE_SCAN, "lumbar"),
    "lumbar-nerve-dti": Maker(lumbar_nerves_case, NERVE_SCAN, "nerve"),
    "rootlets": Maker(_rootlets, _NECK, "rootlets", options={"ventral": _both_rootlets}),
    "spinal-cord": Maker(_cord, _NECK, "SC", "seg"),
}
"""By name of the protocol."""
