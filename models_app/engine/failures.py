"""What can stop a training, each in one sentence that says what to do."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch

from jobs.running import JobFailed
from models_app.specification import Specification, TrainingSettings

EMPTY_LIST = "The training list is empty: accept at least one labelled case of a subject outside the test set."
NOTHING_LABELLED = (
    "None of the training cases holds a labelled voxel, so there is nothing to learn; check the accepted labels."
)
_CPU_ALLOCATION = "not enough memory"


@contextmanager
def memory_told(specification: Specification, settings: TrainingSettings) -> Iterator[None]:
    """Turn a want of memory into a sentence, and give back what the GPU holds.

    Raises
    ------
    JobFailed
        In place of the error.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _no_memory(specification, settings) from error
    except RuntimeError as error:
        # torch has no class of its own for a failed allocation on a CPU.
        if _CPU_ALLOCATION not in str(error):
            raise
        raise _no_memory(specification, settings) from error


def _no_memory(specification: Specification, settings: TrainingSettings) -> JobFailed:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    patch = "×".join(str(side) for side in specification.patch)
    return JobFailed(
        f"The memory did not suffice for batches of {settings.batch_size} patches of {patch} voxels: train with a "
        "smaller batch, a smaller architecture, or a larger voxel size."
    )


@contextmanager
def disk_told() -> Iterator[None]:
    """Turn a full disk into a sentence.

    Raises
    ------
    JobFailed
        In place of the error.
    """
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise JobFailed("The disk is full; make room, then run it again: it goes on from its last checkpoint.") from (
            error
        )


def loss_lost(step: int, epoch: int) -> JobFailed:
    """The loss is no number any more."""
    return JobFailed(
        f"The loss was no number any more at step {step} (epoch {epoch}); look for images with extreme intensities "
        "among the training cases, lower the learning rate, or run it again with another seed."
    )


def labels_missing(values: Iterable[int]) -> JobFailed:
    """Some labels occur in no training case."""
    named = [str(value) for value in values]
    several = len(named) > 1
    return JobFailed(
        f"The label{'s' if several else ''} {', '.join(named)} occur{'' if several else 's'} in no training case: "
        f"accept a case that has {'them' if several else 'it'}, or leave {'them' if several else 'it'} out."
    )
