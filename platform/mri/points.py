"""Named points in files: ours, and the markups of 3D Slicer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from mri.errors import ImageError

Point = tuple[float, float, float]


def read_points(path: Path) -> dict[str, Point]:
    """Read named points.

    Parameters
    ----------
    path : Path
        JSON. Either ``{"PMJ": [x, y, z]}`` in world RAS mm; or marks as the site exports them, a list or under the key
        ``Marks``, each with ``name`` and ``points_ras_mm``, of which those with one point count; or a markups file of
        3D Slicer (``.mrk.json``), in whichever of LPS and RAS it says.

    Returns
    -------
    dict of str to (float, float, float)
        Name in lower case to world RAS, mm.

    Raises
    ------
    ImageError
        ``bad-points``, in words.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ImageError(f"{path.name} is no JSON file of points ({error}).", "bad-points") from error
    try:
        found = _points(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _refusal(path) from error
    if not found or not all(isfinite(number) for point in found.values() for number in point):
        raise _refusal(path)
    return found


def _refusal(path: Path) -> ImageError:
    return ImageError(
        f'{path.name} holds no named points; {{"PMJ": [x, y, z]}} in RAS mm, marks exported by the site or a markups '
        "file of 3D Slicer was expected.",
        "bad-points",
    )


def _points(content: Any) -> dict[str, Point]:
    if isinstance(content, dict) and isinstance(content.get("Marks"), list):
        content = content["Marks"]
    if isinstance(content, list):
        marks = [mark for mark in content if len(mark["points_ras_mm"]) == 1 and mark.get("name")]
        return {str(mark["name"]).lower(): _point(mark["points_ras_mm"][0]) for mark in marks}
    if "markups" in content:
        return {name: point for markup in content["markups"] for name, point in _of_slicer(markup).items()}
    return {str(name).lower(): _point(at) for name, at in content.items()}


def _of_slicer(markup: Mapping[str, Any]) -> dict[str, Point]:
    lps = str(markup.get("coordinateSystem", "LPS")).upper() == "LPS"
    found = {}
    for control in markup["controlPoints"]:
        x, y, z = _point(control["position"])
        found[str(control["label"]).lower()] = (-x, -y, z) if lps else (x, y, z)
    return found


def _point(at: Any) -> Point:
    x, y, z = at
    return float(x), float(y), float(z)
