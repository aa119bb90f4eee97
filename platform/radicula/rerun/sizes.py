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
    quick : bool
        Put small U-Nets in the place of the networks, on the voxel size of the data, and make smaller phantoms.
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
        RerunSize("small", 4, 2, 0.5, 1, 2, 4, quick=True, resamples=200),
        RerunSize("nightly", 12, 2, 0.5, 5, 12, 25, quick=False, resamples=2000),
    )
}
"""By name. Both are far from what a study trains with: their point is that every step of it runs."""
