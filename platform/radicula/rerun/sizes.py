"""How large a re-run is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RerunSize:
    """What a re-run spends.

    Attributes
    ----------
    name : str
        Name on the command line and in the report.
    subjects : int
        Phantoms where no number is asked for.
    sessions : int
        Scans of every phantom, in the protocols that look at sessions.
    repeat_share : float
        Share of the cases that each rater reads twice, three cases at least.
    candidates : int
        Networks of the protocol that are compared, for each image that is labelled; the default comes first.
    epochs, steps_per_epoch : int
        Of each training.
    quick : bool
        Put the small 3-D U-Net in the place of 3-D networks, on the voxel size of the data, and make smaller phantoms.
    resamples : int
        Of the bootstrap.
    """

    name: str
    subjects: int
    sessions: int
    repeat_share: float
    candidates: int
    epochs: int
    steps_per_epoch: int
    quick: bool
    resamples: int


SIZES = {
    size.name: size
    for size in (
        RerunSize("small", 4, 2, 1.0, 1, 2, 4, quick=True, resamples=200),
        RerunSize("nightly", 12, 2, 0.5, 5, 8, 25, quick=False, resamples=2000),
    )
}
"""By name. Both are far from what a study trains with: their point is that every step of it runs."""
