"""A labelled dataset for a simulation: a BIDS folder, or the accepted labels of a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from access.errors import InvalidInput
from access.models import Study
from models_app.engine.files import label_file, volume_file
from models_app.engine.plan import LabelledFile
from models_app.fingerprint import ImageFacts
from models_app.selectors import accepted_samples
from models_app.selectors.inputs import image_facts
from mri.archive import walk_folder
from mri.bids import list_files, match_label, rater_name
from mri.nifti import read_volume
from protocols.protocol import Protocol


@dataclass(frozen=True)
class LabelledCase:
    """A labelled image of a subject."""

    subject: str
    file: LabelledFile
    facts: ImageFacts
    in_test_set: bool = False


def cases_of_folder(folder: Path, protocol: Protocol, raters: Sequence[str] = ()) -> list[LabelledCase]:
    """The labelled images of a BIDS folder, of the protocol's primary role.

    Parameters
    ----------
    folder : pathlib.Path
        Images, and label files beside them or in `derivatives`; it is read and never changed.
    protocol : Protocol
        Which images, and which labels.
    raters : sequence of str
        Whose label to take where an image has several, most wanted first.

    Raises
    ------
    InvalidInput
        If there is no labelled image, or an image has labels of several raters and none is wanted.
    """
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder}.", {"dataset": ["No such folder."]})
    listing = list_files(walk_folder(folder).files)
    role = protocol.primary_role
    images = [image for image in listing.images if role.is_named(image.suffix, image.entity("acq") or "")]
    labels: dict[str, dict[str, str]] = {}
    for label in listing.labels:
        image = match_label(label, images).image
        if image is not None and protocol.accepts_label_file(label.label, label.suffix):
            labels.setdefault(image.path, {})[rater_name(label)] = label.path
    cases = []
    for image in images:
        path = _wanted(image.path, labels.get(image.path, {}), raters)
        if path is not None:
            file = LabelledFile(image.stem, (folder / image.path,), folder / path)
            cases.append(LabelledCase(image.subject, file, _facts(folder / image.path, role.name)))
    if not cases:
        raise InvalidInput(
            f"{folder} holds no {role.name} image with a label file that the protocol '{protocol.name}' takes "
            f"({', '.join(f'label-{name}' for name in protocol.files.accepted_labels)}).",
            {"dataset": ["No labelled image."]},
        )
    return sorted(cases, key=lambda case: case.file.name)


def cases_of_study(study: Study, raters: Sequence[str] = ()) -> list[LabelledCase]:
    """The accepted labels of a study, of the protocol's primary role.

    Raises
    ------
    InvalidInput
        If nothing is accepted.
    """
    samples = accepted_samples(study, raters)
    if not samples:
        raise InvalidInput(f"The study '{study.slug}' has no accepted label to replay.", {"study": ["No labels."]})
    return [
        LabelledCase(
            sample.subject.label,
            LabelledFile(sample.volume.name, (volume_file(sample.volume),), label_file(sample.version)),
            image_facts(sample.volume),
            sample.subject.in_test_set,
        )
        for sample in samples
    ]


def split_cases(
    cases: Sequence[LabelledCase], test: Sequence[str], share: float, seed: int
) -> tuple[list[LabelledCase], list[LabelledCase]]:
    """Pool and test cases, by subject.

    Parameters
    ----------
    cases : sequence of LabelledCase
        All.
    test : sequence of str
        The test subjects; empty for the frozen test set, and without one for a share drawn at random.
    share : float
        How many of the subjects are drawn.
    seed : int
        Of that draw.

    Raises
    ------
    InvalidInput
        If a test subject is unknown, or nothing is left for the pool or the test.
    """
    subjects = sorted({case.subject for case in cases})
    wanted = {name.removeprefix("sub-") for name in test}
    unknown = sorted(wanted - set(subjects))
    if unknown:
        raise InvalidInput(
            f"No labelled image is of {', '.join(unknown)}; there are {', '.join(subjects)}.", {"test": unknown}
        )
    held_out = wanted or {case.subject for case in cases if case.in_test_set}
    if not held_out:
        drawn = np.random.default_rng(seed).permutation(len(subjects))[: max(1, round(share * len(subjects)))]
        held_out = {subjects[int(place)] for place in drawn}
    pool = [case for case in cases if case.subject not in held_out]
    tested = [case for case in cases if case.subject in held_out]
    if not pool or not tested:
        raise InvalidInput(
            f"{len(pool)} labelled images are left to choose from and {len(tested)} to test on; both are needed.",
            {"test": ["Leave some for both."]},
        )
    return pool, tested


def _wanted(image: str, labels: dict[str, str], raters: Sequence[str]) -> str | None:
    for name in raters:
        if name in labels:
            return labels[name]
    if len(labels) > 1:
        raise InvalidInput(
            f"{image} has labels of {', '.join(sorted(labels))}; say whose to take.", {"raters": sorted(labels)}
        )
    return next(iter(labels.values()), None)


def _facts(path: Path, role: str) -> ImageFacts:
    volume = read_volume(path, allow_frames=True)
    voxels = volume.frame(0)
    affine = [float(number) for number in volume.grid.affine.ravel()]
    return ImageFacts(role, volume.grid.shape, affine, float(np.nanmin(voxels)), float(np.nanmax(voxels)))
