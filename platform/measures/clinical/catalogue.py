"""The clinical measures by name: what each needs, what it gives, and the function that computes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from measures.clinical import cord_dti, dentate, loading_table, lumbar, muscles, nerves, rootlets
from measures.clinical.inputs import CaseInputs
from measures.clinical.table import Column, MeasureTable, checked_options

Kind = Literal["labels", "image"]
Compute = Callable[[CaseInputs, Mapping[str, Any]], MeasureTable]


@dataclass(frozen=True)
class Role:
    """Something that a measure is given beside the label map.

    Attributes
    ----------
    name : str
        ``cord``, ``pmj``, ``FA`` ...
    kind : {"labels", "image"}
        A label map or an image.
    required : bool
        Whether the measure can't do without.
    meaning : str
        One phrase.
    point : bool
        Whether a named point may stand for it.
    """

    name: str
    kind: Kind
    required: bool
    meaning: str
    point: bool = False


@dataclass(frozen=True)
class Option:
    """A setting of a measure.

    Attributes
    ----------
    name : str
        Its name.
    kind : type
        ``float``, ``int`` or ``str``.
    meaning : str
        One phrase, with the default.
    required : bool
        Whether there is no default.
    """

    name: str
    kind: type[float] | type[int] | type[str]
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class ClinicalMeasure:
    """An entry of the catalogue.

    Attributes
    ----------
    name : str
        As in ``measures = [...]`` of a protocol file.
    title, summary : str
        For people.
    protocols : tuple of str
        Protocols that it belongs to.
    roles : tuple of Role
        Its inputs beside the label map.
    options : tuple of Option
        Its settings.
    columns : tuple of Column
        What its table holds, with units.
    reference : str
        Where it is published; empty where the definition is ours.
    compute : callable
        Takes :class:`measures.clinical.inputs.CaseInputs` and options, returns a
        :class:`measures.clinical.table.MeasureTable`; raises ValueError with one clear sentence.
    """

    name: str
    title: str
    summary: str
    protocols: tuple[str, ...]
    roles: tuple[Role, ...]
    options: tuple[Option, ...]
    columns: tuple[Column, ...]
    reference: str
    compute: Compute

    def missing(self, inputs: CaseInputs, options: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """Return the required roles and options that a case doesn't have."""
        there = {"labels": set(inputs.maps), "image": set(inputs.images)}
        pointed = set(inputs.points_ras_mm)
        roles = [
            role.name
            for role in self.roles
            if role.required and role.name not in there[role.kind] and not (role.point and role.name in pointed)
        ]
        given = options or {}
        return (*roles, *(f"option {o.name}" for o in self.options if o.required and o.name not in given))

    def measure(self, inputs: CaseInputs, options: Mapping[str, Any] | None = None) -> MeasureTable:
        """Compute the measure.

        Raises
        ------
        ValueError
            For a missing input, an unknown option, or what :attr:`compute` refuses.
        """
        given = {} if options is None else options
        checked_options(given, [option.name for option in self.options], self.name)
        missing = self.missing(inputs, given)
        if missing:
            raise ValueError(f"{self.name} needs {', '.join(missing)}, which this case doesn't have.")
        return self.compute(inputs, given)


_CORD = Role("cord", "labels", True, "mask of the spinal cord, non-zero inside")
_PMJ = Role("pmj", "labels", False, "one voxel of value 50 at the pontomedullary junction, or a point", point=True)
_VERTEBRAE = Role("vertebrae", "labels", False, "sagittal label map, on its own grid, where the labels hold muscles")
_REFERENCE = Role("reference", "labels", True, "label map that the measured one is held against")
_INDEX_MAPS = tuple(Role(name, "image", False, f"{name} map") for name in ("FA", "MD", "AD", "RD"))

_MEASURES = (
    ClinicalMeasure(
        "spinal-levels",
        "Spinal levels and their distance from the pontomedullary junction",
        "Slices of the cord that each level's rootlets reach, and how far below the junction they lie.",
        ("rootlets",),
        (_CORD, _PMJ),
        (
            Option("dilation", str, "voxels (as published) or mm; both by default"),
            Option("reach", float, "how far rootlets may lie from the cord, 3 voxels or 2.4 mm"),
            Option("ends", str, "rootlets, or next-level: up to the next level, without a gap"),
            Option("cut_off_mm", float, "wavelength that the smoothing of the centreline halves, 20 mm"),
        ),
        rootlets.COLUMNS,
        "doi:10.1162/imag_a_00218",
        rootlets.spinal_level_table,
    ),
    ClinicalMeasure(
        "region-diffusion",
        "Diffusion indices by region",
        "FA, MD, AD and RD in every region, in the case and in each slice: mean, SD and voxels.",
        ("cord-dti",),
        _INDEX_MAPS,
        (),
        cord_dti.DIFFUSION_COLUMNS,
        "doi:10.3390/bioengineering12070709",
        cord_dti.region_diffusion_table,
    ),
    ClinicalMeasure(
        "index-error",
        "Error of the diffusion indices under a predicted mask",
        "How far each region's indices under the measured mask lie from those under the reference, with the overlap.",
        ("cord-dti",),
        (_REFERENCE, *_INDEX_MAPS),
        (),
        cord_dti.ERROR_COLUMNS,
        "doi:10.3390/bioengineering12070709",
        cord_dti.index_error_table,
    ),
    ClinicalMeasure(
        "nerve-diffusion",
        "FA and MD of each nerve",
        "Mean FA and MD in the mask, the ratio of the sides, volume, and slices that the mask misses.",
        ("lumbar-nerve-dti",),
        _INDEX_MAPS[:2],
        (),
        nerves.COLUMNS,
        "doi:10.1016/j.mri.2024.110237",
        nerves.nerve_table,
    ),
    ClinicalMeasure(
        "susceptibility",
        "Volume and susceptibility of the dentate nuclei",
        "Per side: volume, mean, SD and median susceptibility; the sides are checked against the world.",
        ("dentate-qsm",),
        (Role("QSM", "image", True, "signed susceptibility map"),),
        (Option("unit", str, "unit of the map, ppm (default) or ppb; results are in ppm"),),
        dentate.COLUMNS,
        "NCT04349514",
        dentate.susceptibility_table,
    ),
    *(
        ClinicalMeasure(name, title, summary, ("lumbar-morphometry",), (), (), shown, "doi:10.1093/pm/pnac142", compute)
        for name, title, summary, shown, compute in (
            (
                "disc-heights",
                "Disc heights",
                "Every definition of disc height, height index, area, depth and wedge angle.",
                lumbar.DISC_COLUMNS,
                lumbar.disc_table,
            ),
            (
                "vertebral-heights",
                "Vertebral heights",
                "Anterior, mid and posterior height of the vertebral bodies.",
                lumbar.VERTEBRA_COLUMNS,
                lumbar.vertebra_table,
            ),
            (
                "spinal-angles",
                "Lordosis and segmental angles",
                "Between upper endplates, from L1 to S1.",
                lumbar.ANGLE_COLUMNS,
                lumbar.angle_table,
            ),
        )
    ),
    ClinicalMeasure(
        "muscle-areas",
        "Cross-sections of the paraspinal muscles",
        "At each vertebra, across the muscle's axis: left, right, mean, asymmetry, and offset from the vertebra.",
        ("lumbar-morphometry",),
        (_VERTEBRAE,),
        (),
        muscles.COLUMNS,
        "doi:10.1093/pm/pnac142",
        muscles.muscle_table,
    ),
    ClinicalMeasure(
        "loading",
        "Compression and shear of the lumbar discs in standing",
        "A planar research model: muscle forces by optimisation, disc forces from T12/L1 to L5/S1.",
        ("lumbar-morphometry",),
        (_VERTEBRAE,),
        (
            Option("body_mass_kg", float, "mass of the body", required=True),
            Option("power", int, "2 or 3 (default): the sum of activations to this power is minimised"),
            Option("mms_n_cm2", float, "maximum muscle stress, 100 N/cm2; published values run from 40 to 130"),
            Option("load_kg", float, "a mass in the hands, 0"),
            Option("load_x_m", float, "how far in front of L5/S1 it is held, 0.3 m"),
            Option("upper_body_x_m", float, "how far in front of L5/S1 trunk, arms and head weigh, 0.016 m"),
            Option("fascicles", str, "grouped (default), or published: those of Christophy et al. 2012 one by one"),
            Option("level", str, "vertebra at which the muscles were measured, L3"),
            *(Option(f"{name}_cm2", float, "measured cross-section, both sides") for name in loading_table.MUSCLES),
            *(
                Option(f"{name}_offset_cm", float, "measured centroid offset, forwards")
                for name in loading_table.MUSCLES
            ),
        ),
        loading_table.COLUMNS,
        "doi:10.1093/pm/pnac142",
        loading_table.loading_table,
    ),
)

CATALOGUE: Mapping[str, ClinicalMeasure] = {measure.name: measure for measure in _MEASURES}
"""Every clinical measure by name."""


def measures_of(protocol: str) -> tuple[ClinicalMeasure, ...]:
    """Return the measures of a protocol, in the order of the catalogue; none for an unknown one."""
    return tuple(measure for measure in CATALOGUE.values() if protocol in measure.protocols)
