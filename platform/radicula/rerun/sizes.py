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
    learning_rate : float or None
        The peak of each training's schedule; None for the protocol's own, which is made for thousands of steps.
    most_in_batch : int
        Patches of a step, where the protocol asks for more.
    patch_voxels : int
        The most voxels of a patch; 0 for the protocol's.
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
    learning_rate: float | None
    most_in_batch: int
    patch_voxels: int
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


_SMALL = RerunSize(
    name="small",
    subjects=4,
    sessions=2,
    repeat_share=0.5,
    candidates=1,
    epochs=2,
    steps_per_epoch=4,
    learning_rate=None,
    most_in_batch=16,
    patch_voxels=0,
    coarse=True,
    stand_in=True,
    measurements=("volume_mm3",),
    resamples=200,
)

# A one-cycle schedule of so few steps needs a high peak: with a fifth of it the cord's networks end at a Dice of 0.12
# after 100 steps, and with it at 0.48, after 250 at 0.82; docs/studies.md has the table. The protocol's own rate is for
# thousands of steps.
_NIGHTLY = RerunSize(
    name="nightly",
    subjects=12,
    sessions=2,
    repeat_share=0.5,
    candidates=5,
    epochs=6,
    steps_per_epoch=25,
    learning_rate=5e-3,
    most_in_batch=8,
    patch_voxels=49_152,
    coarse=True,
    stand_in=False,
    measurements=None,
    resamples=2000,
)

SIZES = {size.name: size for size in (_SMALL, _NIGHTLY)}
"""By name. Neither is what a study trains with: the first shows that each step runs, the second that networks learn."""
