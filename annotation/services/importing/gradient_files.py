"""Which `.bval` and `.bvec` belong to an image, by BIDS's inheritance."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from annotation.services.frames import GradientFiles
from annotation.services.importing.outcome import FileRefused
from mri.bids import BidsName, parse_name


def gradient_files(folder: Path, image: BidsName) -> GradientFiles | None:
    """The gradient files of an image; None where there are none.

    Raises
    ------
    FileRefused
        If only one of the two is there.
    """
    bval, bvec = (_nearest(folder, image, extension) for extension in (".bval", ".bvec"))
    if bval is None and bvec is None:
        return None
    if bval is None or bvec is None:
        there, missing = (bval or bvec), ".bval" if bval is None else ".bvec"
        raise FileRefused(f"it has a {there.name if there else ''} and no {missing} file; bring both")
    return GradientFiles(bval, bvec)


def _nearest(folder: Path, image: BidsName, extension: str) -> Path | None:
    """The file of the image's stem beside it, else the one higher up whose entities are all the image's."""
    place = PurePosixPath(image.path)
    beside = folder / place.with_name(image.stem + extension)
    if beside.is_file():
        return beside
    if image.loose:
        return None
    for parent in place.parents:
        fits = [name for name in _names(folder / parent, extension) if _applies(name, image)]
        if fits:
            return folder / parent / max(fits, key=lambda name: (len(parse_name(name).entities), name))
    return None


def _names(folder: Path, extension: str) -> Iterable[str]:
    return sorted(path.name for path in folder.glob(f"*{extension}") if path.is_file())


def _applies(name: str, image: BidsName) -> bool:
    parsed = parse_name(name)
    return parsed.suffix == image.suffix and set(parsed.entities) <= set(image.entities)
