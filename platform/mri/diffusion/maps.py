"""The maps of a diffusion tensor, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

MapName = Literal["b0", "FA", "MD", "AD", "RD", "colFA", "V1"]


@dataclass(frozen=True)
class MapKind:
    """What a map is.

    Attributes
    ----------
    title : str
        On screen.
    unit : str
        Empty for plain numbers.
    components : int
        Numbers per voxel.
    window : tuple of float, or None
        First display window, where the map has a natural one.
    """

    title: str
    unit: str
    components: int
    window: tuple[float, float] | None


MAPS: Mapping[MapName, MapKind] = MappingProxyType(
    {
        "b0": MapKind("mean of the b = 0 frames", "", 1, None),
        "FA": MapKind("fractional anisotropy", "", 1, (0.0, 1.0)),
        "MD": MapKind("mean diffusivity", "mm2/s", 1, (0.0, 0.003)),
        "AD": MapKind("axial diffusivity", "mm2/s", 1, (0.0, 0.003)),
        "RD": MapKind("radial diffusivity", "mm2/s", 1, (0.0, 0.003)),
        "colFA": MapKind("FA coloured by fibre direction", "", 3, (0.0, 255.0)),
        "V1": MapKind("fibre direction, unit vector in RAS", "", 3, (-1.0, 1.0)),
    }
)
