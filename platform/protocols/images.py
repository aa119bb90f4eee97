"""What is looked at: the images of a case, and how they hang on screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Plane = Literal["axial", "sagittal", "coronal"]
View = Literal["axial", "sagittal", "coronal", "3d"]
Frames = Literal["one", "many"]
ColourMap = Literal["grey", "viridis", "hot", "diverging", "direction"]
Convention = Literal["radiological", "neurological"]


@dataclass(frozen=True)
class Window:
    """A named display window.

    Attributes
    ----------
    name : str
        On screen.
    lower, upper : float
        Its ends, in percentiles of the image or in the image's own unit.
    of : {"percentile", "value"}
        Which of the two.
    """

    name: str
    lower: float
    upper: float
    of: str


@dataclass(frozen=True)
class VolumeRole:
    """A kind of image in a case.

    Attributes
    ----------
    name : str
        The role.
    suffixes : tuple of str
        BIDS suffixes that are this role; empty where it is only ever derived, or a mask.
    required : bool
        Whether a case needs it.
    labelled : bool
        Whether label maps are drawn on its grid.
    window_percentiles : tuple of float, length 2
        First display window.
    acquisitions : tuple of str
        Values of ``acq-`` that tell it from a role with the same suffix, compared without regard to case; empty for
        any.
    frames : {"one", "many"}
        Whether an image of this role is 3-D, or may be 4-D (diffusion).
    mask_labels : tuple of str
        Values of ``label-`` of masks that are imported as this image, to be looked at and computed with; compared
        without regard to case.
    derived : str
        Name of the map (such as ``"FA"``) that is computed for this role from the case's 4-D diffusion image, where it
        isn't imported; empty for images that only come by import.
    unit : str
        Of the intensities; empty for arbitrary ones.
    signed : bool
        Whether negative values mean something and are kept.
    symmetric : bool
        Whether its window stays symmetric about zero.
    colour_map : str
        How it is shown.
    windows : tuple of Window
        Presets.
    """

    name: str
    suffixes: tuple[str, ...]
    required: bool
    labelled: bool
    window_percentiles: tuple[float, float]
    acquisitions: tuple[str, ...] = ()
    frames: Frames = "one"
    mask_labels: tuple[str, ...] = ()
    derived: str = ""
    unit: str = ""
    signed: bool = False
    symmetric: bool = False
    colour_map: ColourMap = "grey"
    windows: tuple[Window, ...] = ()

    def is_named(self, suffix: str, acquisition: str) -> bool:
        """Tell whether a BIDS suffix and a value of ``acq-`` are this role's."""
        if suffix not in self.suffixes:
            return False
        return not self.acquisitions or acquisition.lower() in {known.lower() for known in self.acquisitions}


@dataclass(frozen=True)
class Layout:
    """How a case opens.

    Attributes
    ----------
    planes : tuple of {"axial", "sagittal", "coronal"}
        Viewports in order.
    primary_plane : str
        The large one.
    start_at : {"labels", "middle"}
        Slice shown first.
    first : str
        Name of the hanging layout that opens; empty where the protocol names none.
    """

    planes: tuple[Plane, ...]
    primary_plane: Plane
    start_at: str
    first: str = ""


@dataclass(frozen=True)
class Viewport:
    """A window of a hanging layout.

    Attributes
    ----------
    view : {"axial", "sagittal", "coronal", "3d"}
        What it shows.
    role : str
        The volume in it.
    """

    view: View
    role: str


@dataclass(frozen=True)
class HangingLayout:
    """Viewports side by side.

    Attributes
    ----------
    name : str
        A name of `VIEWPORTS_OF_LAYOUT`.
    title : str
        On screen.
    viewports : tuple of Viewport
        From left to right, then from top to bottom.
    """

    name: str
    title: str
    viewports: tuple[Viewport, ...]


@dataclass(frozen=True)
class Display:
    """Which side of the patient is where.

    Attributes
    ----------
    convention : {"radiological", "neurological"}
        ``radiological``: the patient's right is on the left of the screen. It is written on screen.
    """

    convention: Convention
