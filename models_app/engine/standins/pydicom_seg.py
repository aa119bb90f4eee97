"""Stand-in for `pydicom_seg`: MONAI Label's converter imports it; the platform writes DICOM SEG with highdicom."""

from typing import Any, NoReturn

template = None


class MultiClassWriter:
    """Refuses to be used."""

    def __init__(self, *args: Any, **options: Any) -> NoReturn:
        raise NotImplementedError("Radicula writes DICOM SEG with highdicom, not here.")


class MultiClassReader(MultiClassWriter):
    """Refuses to be used."""
