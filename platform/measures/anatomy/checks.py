"""The checks, each a function of a label map and its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from measures.anatomy.labelled import Finding, LabelledAnatomy, Points, Severity, Structure

Settings = Mapping[str, float]
MOSTLY = 0.5

Check = Callable[[LabelledAnatomy, Sequence[Structure], Settings], list[Finding]]


def run_checks(anatomy: LabelledAnatomy, checks: Iterable[tuple[str, Sequence[str], Settings]]) -> tuple[Finding, ...]:
    """Run checks by name.

    Parameters
    ----------
    anatomy : LabelledAnatomy
        What is checked.
    checks : iterable of (name, groups, settings)
        The groups of structures to look at, empty for all; settings that are left out have their defaults.

    Returns
    -------
    tuple of Finding
        Serious ones first. An empty label map has none: there is nothing to be wrong.

    Raises
    ------
    KeyError
        For a check that there isn't.
    """
    findings: list[Finding] = []
    for name, groups, settings in checks:
        structures = [one for one in anatomy.structures if not groups or one.group in groups]
        findings += CHECKS[name](anatomy, structures, settings) if anatomy.boxes else []
    return tuple(sorted(findings, key=lambda finding: finding.severity != "serious"))


def check_side(anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings) -> list[Finding]:
    """Find structures of one side that lie on the other side of the body.

    The middle is, where there is one, the cord at the same height; else the midline structures; else half way between
    the left and the right structures, which their being swapped does not move; else the middle of the image.
    """
    tolerance, share = settings.get("tolerance_mm", 2.0), settings.get("share", 0.1)
    sided = [one for one in structures if one.side in ("left", "right") and one.value in anatomy.boxes]
    if not sided:
        return []
    middle = _middle(anatomy, sided)
    findings = []
    for one in sided:
        points = anatomy.points(one.value)
        ras = anatomy.ras(points)
        to_right = ras[:, 0] - middle(ras[:, 2])
        wrong = to_right > tolerance if one.side == "left" else to_right < -tolerance
        part = float(wrong.mean())
        if part > share:
            other = "right" if one.side == "left" else "left"
            text = f"{one.name}: {int(wrong.sum())} of {len(points)} voxels ({part:.0%}) lie on the patient's {other}."
            findings.append(Finding("side", _severity(part), text, (one.value,), anatomy.nearest(points[wrong])))
    return findings


def _middle(
    anatomy: LabelledAnatomy, sided: Sequence[Structure]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    if anatomy.cord is not None and anatomy.cord.any():
        cord = anatomy.ras(np.argwhere(anatomy.cord))
        return _course(cord[:, 2], cord[:, 0], max(anatomy.grid.spacing_mm))
    at_midline = [one for one in anatomy.present if one.side == "midline"]
    if at_midline:
        x_mm = float(np.mean([anatomy.centre_ras(one.value)[0] for one in at_midline]))
    elif len({one.side for one in sided}) == 2:
        sides = [
            np.mean([anatomy.centre_ras(one.value)[0] for one in sided if one.side == side])
            for side in ("left", "right")
        ]
        x_mm = float(np.mean(sides))
    else:
        x_mm = float(anatomy.grid.ras_from_ijk((np.array(anatomy.grid.shape) - 1) / 2)[0])
    return lambda heights: np.full(heights.shape, x_mm)


def _course(
    heights: NDArray[np.float64], x_mm: NDArray[np.float64], step: float
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """The mean x at each height; beyond the ends the last one goes on."""
    bins = np.round(heights / step).astype(np.int64)
    at, index = np.unique(bins, return_inverse=True)
    means = np.bincount(index, x_mm) / np.bincount(index)
    return lambda wanted: np.interp(wanted, at * step, means)


def check_level_order(anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings) -> list[Finding]:
    """Find levels that lie above the level that should be above them, along the superior axis, side by side."""
    tolerance = settings.get("tolerance_mm", 0.0)
    findings = []
    for drawn in _by_side(anatomy, structures):
        for upper, lower in pairwise(drawn):
            if (upper.rank or 0) == (lower.rank or 0):
                continue
            above = float(anatomy.centre_ras(lower.value)[2] - anatomy.centre_ras(upper.value)[2])
            if above > tolerance:
                text = f"{lower.name} lies {above:.1f} mm above {upper.name}; it should lie below."
                where = anatomy.nearest(anatomy.points(lower.value))
                findings.append(Finding("level_order", "serious", text, (upper.value, lower.value), where))
    return findings


def check_level_missing(anatomy: LabelledAnatomy, structures: Sequence[Structure], _: Settings) -> list[Finding]:
    """Find levels without a voxel: serious between two that are drawn, minor beyond the last one."""
    findings = []
    for side in ("left", "right", "both", "midline"):
        ranked = _ranked(one for one in structures if one.side == side)
        places = [n for n, one in enumerate(ranked) if one.value in anatomy.boxes]
        for n, one in enumerate(ranked if places else ()):
            if n in places or _stood_for(one, anatomy, structures):
                continue
            upper = [ranked[place] for place in places if place < n][-1:]
            lower = [ranked[place] for place in places if place > n][:1]
            where = anatomy.nearest(anatomy.points((upper or lower)[0].value))
            if upper and lower:
                text = f"{one.name} is not drawn, though {upper[0].name} above it and {lower[0].name} below it are."
                findings.append(Finding("level_missing", "serious", text, (one.value,), where))
            elif not one.optional:
                findings.append(Finding("level_missing", "minor", f"{one.name} is not drawn.", (one.value,), where))
    return findings


def _stood_for(missing: Structure, anatomy: LabelledAnatomy, structures: Sequence[Structure]) -> bool:
    """Whether another structure of the same level, side and kind is drawn in its place."""
    return any(
        other.value in anatomy.boxes
        for other in structures
        if (other.level, other.side, other.group) == (missing.level, missing.side, missing.group)
    )


def check_level_split(anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings) -> list[Finding]:
    """Find levels that are drawn at two heights, with a gap between them."""
    gap = settings.get("gap_mm", 10.0)
    findings = []
    for one in _ranked(one for one in structures if one.value in anatomy.boxes):
        points = anatomy.points(one.value)
        heights = anatomy.ras(points)[:, 2]
        order = np.argsort(heights)
        steps = np.diff(heights[order])
        if not len(steps) or steps.max() <= gap:
            continue
        cut = int(steps.argmax()) + 1
        pieces = sorted((points[order[:cut]], points[order[cut:]]), key=len)
        text = f"{one.name} is in two places, {steps.max():.0f} mm apart in height."
        findings.append(Finding("level_split", "serious", text, (one.value,), anatomy.nearest(pieces[0])))
    return findings


def check_islands(anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings) -> list[Finding]:
    """Find small pieces of a structure beside its largest one."""
    smallest = settings.get("smallest_mm3", 1.0)
    volume = anatomy.grid.voxel_volume_mm3
    findings = []
    for one in (one for one in structures if one.value in anatomy.boxes):
        small = [piece for piece in anatomy.components(one.value)[1:] if len(piece) * volume < smallest]
        if small:
            many = f"{len(small)} islands" if len(small) > 1 else f"an island of {len(small[0]) * volume:.2g} mm3"
            text = f"{one.name} has {many}{f', each under {smallest:g} mm3' if len(small) > 1 else ''}."
            findings.append(Finding("islands", "minor", text, (one.value,), anatomy.nearest(small[0])))
    return findings


def check_outside_cord(anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings) -> list[Finding]:
    """Find voxels that lie farther from the spinal cord than the structure can; nothing without a cord mask."""
    reach = settings.get("reach_mm", 15.0)
    if anatomy.cord is None or not anatomy.cord.any():
        return []
    tree = cKDTree(anatomy.ras(_surface(anatomy.cord)))
    findings = []
    for one in (one for one in structures if one.value in anatomy.boxes):
        points = anatomy.points(one.value)
        distances, _ = tree.query(anatomy.ras(points), distance_upper_bound=reach)
        far = np.isinf(distances)
        if far.any():
            text = f"{one.name}: {int(far.sum())} of {len(points)} voxels lie more than {reach:g} mm from the cord."
            findings.append(
                Finding("outside_cord", _severity(float(far.mean())), text, (one.value,), anatomy.nearest(points[far]))
            )
    return findings


def _surface(mask: NDArray[np.bool_]) -> Points:
    """Voxels of a mask with a neighbour outside it: the nearest voxel to a point outside is one of them."""
    inner = ndimage.binary_erosion(mask, border_value=0)
    surface: Points = np.argwhere(mask & ~inner)
    return surface


def check_disc_neighbours(
    anatomy: LabelledAnatomy, structures: Sequence[Structure], settings: Settings
) -> list[Finding]:
    """Find discs without the vertebra above or below them, or too far away from it."""
    reach = settings.get("reach_mm", 4.0)
    single = {one.level: one for one in anatomy.structures if one.level and "/" not in one.level}
    findings = []
    for disc in (one for one in structures if "/" in one.level and one.value in anatomy.boxes):
        points = anatomy.points(disc.value)
        for level, place in zip(disc.level.split("/"), ("above", "below"), strict=True):
            vertebra = single.get(level)
            if vertebra is None or (vertebra.optional and vertebra.value not in anatomy.boxes):
                continue
            if vertebra.value not in anatomy.boxes:
                text = f"{disc.name} has no {vertebra.name} {place} it."
            else:
                tree = cKDTree(anatomy.ras(anatomy.points(vertebra.value)))
                apart = float(np.min(tree.query(anatomy.ras(points))[0]))
                if apart <= reach:
                    continue
                text = f"{disc.name} lies {apart:.1f} mm away from {vertebra.name}, the vertebra {place} it."
            where = anatomy.nearest(points)
            findings.append(Finding("disc_neighbours", "serious", text, (disc.value, vertebra.value), where))
    return findings


def _severity(part: float) -> Severity:
    """A structure that is mostly wrong is a mistake; a part of it may be a slip of the brush."""
    return "serious" if part > MOSTLY else "minor"


def _ranked(structures: Iterable[Structure]) -> list[Structure]:
    return sorted((one for one in structures if one.rank is not None), key=lambda one: one.rank or 0)


def _by_side(anatomy: LabelledAnatomy, structures: Sequence[Structure]) -> list[list[Structure]]:
    drawn = sorted((one for one in structures if one.value in anatomy.boxes), key=lambda one: one.side)
    return [_ranked(group) for _, group in groupby(drawn, key=lambda one: one.side)]


CHECKS: Mapping[str, Check] = {
    "side": check_side,
    "level_order": check_level_order,
    "level_missing": check_level_missing,
    "level_split": check_level_split,
    "islands": check_islands,
    "outside_cord": check_outside_cord,
    "disc_neighbours": check_disc_neighbours,
}
"""Every check by name."""
