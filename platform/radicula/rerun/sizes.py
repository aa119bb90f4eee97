"""How large a re-run is."""

from dataclasses import dataclass, replace


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
    coarse : bool
        Make phantoms of fewer voxels than the protocol's own.
    stand_in : bool
        Where no networks are compared, a small U-Net in the place of the protocol's.
    measurements : tuple of str or None
        Of the analyses; None for all. The report takes clinical numbers from the study's tables in any case.
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
    coarse: bool
    stand_in: bool
    measurements: tuple[str, ...] | None
    resamples: int

    @property
    def steps(self) -> int:
        """Steps of each training."""
        return self.epochs * self.steps_per_epoch

    def with_choices(self, *, steps: int | None, networks: int | None) -> "RerunSize":
        """The same with another length of training, rounded up to whole epochs, or another number of networks.

        Raises
        ------
        ValueError
            If one of them is less than 1.
        """
        if min(1 if steps is None else steps, 1 if networks is None else networks) < 1:
            raise ValueError("A re-run trains one network or more, for one step or more.")
        epochs = self.epochs if steps is None else -(-steps // self.steps_per_epoch)
        return replace(self, epochs=epochs, candidates=self.candidates if networks is None else networks)


SIZES = {
    size.name: size
    for size in (
        RerunSize("small", 4, 2, 0.5, 1, 2, 4, coarse=True, stand_in=True, measurements=("volume_mm3",), resamples=200),
        RerunSize("nightly", 8, 2, 0.5, 5, 5, 20, coarse=True, stand_in=False, measurements=None, resamples=2000),
    )
}
"""By name. Both are far from what a study trains with: their point is that every step of it runs."""
