"""A whole BIDS dataset of phantoms: sites, sessions, raters with repeated reads, and the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mri.labels import LabelMap
from mri.phantom.case import PhantomImage, ScanSettings, Vector
from mri.phantom.cohort_files import (
    TRUTH,
    TruthRow,
    write_dataset_files,
    write_geometry,
    write_image,
    write_labels,
    write_masks,
    write_sessions,
    write_truth,
)
from mri.phantom.makers import MAKERS, Maker, ProtocolName
from mri.phantom.rater import RaterStyle, simulate_rater

__all__ = ["DEFAULT_RATERS", "SITES", "TRUTH", "Cohort", "CohortSubject", "ProtocolName", "Site", "write_cohort"]

DEFAULT_ORIENTATIONS = ("RAS", "PSR", "LPS", "LAS", "ASL", "RPI")
DEFAULT_RATERS: Mapping[str, RaterStyle] = {
    "rater1": RaterStyle(bias_mm=0.05, noise_mm=0.35),
    "rater2": RaterStyle(bias_mm=-0.05, noise_mm=0.5),
}


@dataclass(frozen=True)
class Site:
    """A simulated scanner.

    Attributes
    ----------
    name, vendor : str
        As in ``participants.tsv``.
    gain : float
        Scale of the signal.
    noise : float
        Noise as a multiple of the phantom's own.
    bias : float
        Strength of the receive field.
    """

    name: str
    vendor: str
    gain: float
    noise: float
    bias: float


# Scanners differ in scale, noise and shading; the numbers are the project's own.
SITES = (
    Site("siteA", "Alpha", 1.0, 1.0, 0.2),
    Site("siteB", "Beta", 1.6, 1.27, 0.35),
    Site("siteC", "Alpha", 0.55, 1.55, 0.3),
)
_SESSION_SHIFT_MM = 1.5


@dataclass(frozen=True)
class CohortSubject:
    """A subject of a written cohort, in one session.

    Attributes
    ----------
    participant : str
        ``sub-01`` ...
    session : str
        ``ses-01`` ..., empty in a cohort with one session.
    site : str
        Which of the simulated scanners.
    images : tuple of str
        Relative paths of its images.
    labels : dict of str to tuple of str
        Rater (``"truth"`` among them where asked for) to relative paths, one per image.
    """

    participant: str
    session: str
    site: str
    images: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Cohort:
    """What :func:`write_cohort` wrote."""

    folder: Path
    protocol: ProtocolName
    seed: int
    subjects: tuple[CohortSubject, ...]


def write_cohort(
    folder: Path,
    protocol_name: ProtocolName,
    subjects: int,
    seed: int,
    *,
    raters: Mapping[str, RaterStyle] | None = None,
    repeats: int = 0,
    truth: bool = True,
    labelled: int | None = None,
    sites: Sequence[Site] = SITES,
    sessions: int = 1,
    orientations: Sequence[str] = DEFAULT_ORIENTATIONS,
    oblique_deg: Sequence[float] = (0.0, 0.0, 7.0),
    shape_ras: tuple[int, int, int] | None = None,
    spacing_ras_mm: Vector | None = None,
    noise: float | None = None,
    bias: float | None = None,
    option: str | None = None,
) -> Cohort:
    """Write a BIDS dataset of phantoms.

    Parameters
    ----------
    folder : pathlib.Path
        Made where it is missing; files of the same names are replaced.
    protocol_name : str
        One of :data:`mri.phantom.makers.MAKERS`.
    subjects : int
        How many, 1 or more.
    seed : int
        The same arguments give the same bytes.
    raters : mapping of str to RaterStyle, optional
        Simulated raters, two by default; an empty mapping for none.
    repeats : int, default 0
        How often each rater reads everything again, as the raters ``rater1repeat1`` ...
    truth : bool, default True
        Write the true label maps as well, as the rater ``truth``. The true values are always written, to
        ``derivatives/phantom/phantom_truth.tsv``.
    labelled : int, optional
        Give labels to the first so many subjects only; to all by default.
    sites : sequence of Site
        Scanners, taken in turn: one for a subject in all of its sessions.
    sessions : int, default 1
        Scans of every subject; another one has other noise, shading and field of view, and the same anatomy.
    orientations : sequence of str
        Axis codes, taken in turn.
    oblique_deg : sequence of float
        Tilts, taken in turn.
    shape_ras, spacing_ras_mm : tuple, optional
        Voxels and voxel size in mm from left to right, back to front, foot to head; the protocol's own by default.
    noise : float, optional
        Inverse of the SNR at a site of noise 1; the protocol's own by default.
    bias : float, optional
        Strength of the receive field; the sites' own by default.
    option : str, optional
        Of the protocol, such as ``"ventral"`` of ``rootlets``: its labels are in the truth, and the raters draw them.

    Returns
    -------
    Cohort

    Raises
    ------
    ValueError
        For a protocol without a phantom or without that option, no subjects, sessions or sites, or settings that
        can't be.
    """
    if protocol_name not in MAKERS:
        raise ValueError(f"There is no phantom for {protocol_name!r}; there is one for {', '.join(MAKERS)}.")
    if subjects < 1:
        raise ValueError(f"A cohort has one subject or more; {subjects} came.")
    if sessions < 1 or repeats < 0 or not (sites and orientations and oblique_deg):
        raise ValueError(
            f"A cohort has a session, a site, an orientation and a tilt at least, and no fewer than 0 repeats; "
            f"{sessions} sessions, {len(sites)} sites and {repeats} repeats came."
        )
    maker = MAKERS[protocol_name]
    maker = replace(maker, make=maker.maker(option))
    base = replace(maker.scan, shape_ras=shape_ras or maker.scan.shape_ras)
    base = replace(base, spacing_ras_mm=spacing_ras_mm or base.spacing_ras_mm)
    base = replace(base, noise=base.noise if noise is None else noise)
    styles = DEFAULT_RATERS if raters is None else raters
    written: list[CohortSubject] = []
    values: list[TruthRow] = []
    for number in range(1, subjects + 1):
        site = sites[(number - 1) % len(sites)]
        participant = f"sub-{number:0{max(2, len(str(subjects)))}d}"
        own = _subject_seed(seed, number)
        names = [f"ses-{n:02d}" for n in range(1, sessions + 1)] if sessions > 1 else [""]
        for session, name in enumerate(names):
            turn = number - 1 + session
            scan = replace(
                base,
                orientation=orientations[turn % len(orientations)],
                oblique_deg=oblique_deg[turn % len(oblique_deg)],
                noise=base.noise * site.noise,
                bias=site.bias if bias is None else bias,
                gain=site.gain,
                session=session,
                shift_mm=_shift(own, session),
            )
            drawing = _Drawing(styles, repeats, truth) if labelled is None or number <= labelled else None
            one, rows = _write_subject(folder, maker, own, scan, (participant, name, site), drawing)
            written.append(one)
            values += rows
        if sessions > 1:
            write_sessions(folder, participant, names)
    participants = [
        (f"sub-{n:0{max(2, len(str(subjects)))}d}", sites[(n - 1) % len(sites)]) for n in range(1, subjects + 1)
    ]
    write_dataset_files(
        folder, protocol_name, [(p, s.name, s.vendor) for p, s in participants], labels=any(s.labels for s in written)
    )
    write_truth(folder, values)
    return Cohort(folder, protocol_name, seed, tuple(written))


@dataclass(frozen=True)
class _Drawing:
    styles: Mapping[str, RaterStyle]
    repeats: int
    truth: bool


def _write_subject(
    folder: Path,
    maker: Maker,
    seed: int,
    scan: ScanSettings,
    who: tuple[str, str, Site],
    drawing: _Drawing | None,
) -> tuple[CohortSubject, list[TruthRow]]:
    participant, session, site = who
    case = maker.make(seed, scan)
    images: list[str] = []
    labels: dict[str, list[str]] = {}
    for place, image in enumerate(case.images):
        path = write_image(folder, image, participant, session, {"Seed": seed, "Manufacturer": site.vendor})
        images.append(path)
        write_masks(folder, path, image)
        for rater, drawn in _drawn(image, drawing, _subject_seed(seed, 2000 + place)):
            labels.setdefault(rater, []).append(write_labels(folder, path, maker.label, maker.suffix, rater, drawn))
    write_geometry(folder, participant, session, case.geometry)
    rows = [TruthRow(participant, session, value) for value in case.truth]
    found = {rater: tuple(paths) for rater, paths in labels.items()}
    return CohortSubject(participant, session, site.name, tuple(images), found), rows


def _drawn(image: PhantomImage, drawing: _Drawing | None, seed: int) -> list[tuple[str, LabelMap]]:
    if drawing is None:
        return []
    drawn = [(TRUTH, image.labels)] if drawing.truth else []
    for place, (rater, style) in enumerate(drawing.styles.items()):
        own = _subject_seed(seed, 1000 + place)
        for read in range(drawing.repeats + 1):
            name = rater if read == 0 else f"{rater}repeat{read}"
            drawn.append((name, simulate_rater(image.labels, style, own, read=read)))
    return drawn


def _subject_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _shift(seed: int, session: int) -> Vector:
    if session == 0:
        return (0.0, 0.0, 0.0)
    x, y, z = np.random.default_rng([seed, 4, session]).normal(0.0, _SESSION_SHIFT_MM, 3)
    return (float(x), float(y), float(z))
