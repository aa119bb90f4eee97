"""What goes into a network for a labelled volume."""

from collections.abc import Sequence
from uuid import UUID

from access.errors import Conflict
from annotation.models import Volume
from models_app.fingerprint import ImageFacts
from models_app.selectors import AcceptedSample, companions


def image_facts(volume: Volume) -> ImageFacts:
    """What a fingerprint needs of a volume."""
    return ImageFacts(volume.role, tuple(volume.shape), tuple(volume.affine), volume.lowest, volume.highest)


def inputs_of(samples: Sequence[AcceptedSample], others: Sequence[str]) -> tuple[dict[UUID, list[Volume]], list[str]]:
    """The other volumes that go in with each labelled one, and a sentence for each case that lacks one."""
    found: dict[UUID, list[Volume]] = {}
    lacking: list[str] = []
    if not others:
        return found, lacking
    for sample in samples:
        try:
            found[sample.volume.pk] = companions(sample.volume, others)
        except Conflict as error:
            lacking.append(error.detail)
    return found, lacking
