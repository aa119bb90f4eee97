"""What is computed and reported: maps, tracts, reads, ratings, checks and the figures to hold them against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class TensorSettings:
    """How a diffusion tensor is fitted.

    Attributes
    ----------
    fit : {"OLS", "WLS", "NLLS"}
        Ordinary, weighted or non-linear least squares.
    b0_threshold : float
        Frames with a b-value below this, in s/mm2, count as b = 0.
    """

    fit: Literal["OLS", "WLS", "NLLS"]
    b0_threshold: float


@dataclass(frozen=True)
class TrackingSettings:
    """How streamlines are followed.

    Attributes
    ----------
    method : {"deterministic", "EuDX"}
        The tracker.
    fa_stop : float
        A streamline ends where FA falls below it.
    angle_deg : float
        Largest turn in a step.
    step_mm : float
        Length of a step.
    seeds_per_voxel : int
        Of the mask.
    min_length_mm, max_length_mm : float
        What is shorter or longer is left out.
    smoothing_mm : float
        Width of the smoothing along a streamline; 0 for none.
    """

    method: str
    fa_stop: float
    angle_deg: float
    step_mm: float
    seeds_per_voxel: int
    min_length_mm: float
    max_length_mm: float
    smoothing_mm: float


@dataclass(frozen=True)
class Reads:
    """The reading design.

    Attributes
    ----------
    raters : int
        Who read each case of the reliability sample.
    repeat_share : float
        Share of the cases that each of them reads twice, without being told.
    washout_days : int
        Least time between the two.
    """

    raters: int
    repeat_share: float
    washout_days: int


@dataclass(frozen=True)
class RatingTask:
    """A question that raters answer with a number.

    Attributes
    ----------
    name, question : str
        Name in the file, and what is asked.
    of : tuple of str
        The arms that are shown, such as ``manual`` and ``automatic``.
    words : tuple of str
        What each number means; the first is 1.
    blinded : bool
        Whether raters are kept from knowing the arm.
    """

    name: str
    question: str
    of: tuple[str, ...]
    words: tuple[str, ...]
    blinded: bool


@dataclass(frozen=True)
class AnatomyCheck:
    """A check that runs when a rater hands a case in.

    Attributes
    ----------
    name : str
        Name of the check.
    groups : tuple of str
        The groups of labels that it looks at; empty for all.
    settings : mapping of str to float
        Its parameters; those that are left out have the check's own defaults.
    """

    name: str
    groups: tuple[str, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PublishedFigure:
    """A published number that a re-run is held against.

    Attributes
    ----------
    name, unit, note : str
        What it is; ``unit`` is empty for plain numbers.
    value : float
        The number.
    sd : float or None
        Published standard deviation, None where none is given.
    statistic, measure : str
        The table and the measure in which ours is found; empty where there is none.
    labels : tuple of str
        Names of the labels that it is about; empty for all.
    comparable : str
        One sentence: what of ours may be held against it, and what not.
    """

    name: str
    value: float
    sd: float | None
    unit: str
    note: str
    statistic: str = ""
    measure: str = ""
    labels: tuple[str, ...] = ()
    comparable: str = ""
