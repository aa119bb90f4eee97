"""Reading what a protocol shows: images, windows and layouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from protocols.images import (
    ColourMap,
    Convention,
    Display,
    Frames,
    HangingLayout,
    Layout,
    Plane,
    View,
    Viewport,
    VolumeRole,
)
from protocols.images import Window as WindowPreset
from protocols.names import (
    COLOUR_MAPS,
    CONVENTIONS,
    DERIVED_MAPS,
    FRAMES,
    PLANES,
    VIEWPORTS_OF_LAYOUT,
    VIEWS,
    WINDOW_UNITS,
)
from protocols.reading import Table


def read_volumes(table: Table) -> tuple[VolumeRole, ...]:
    """Read ``[[volumes]]``: different roles, at least one of them both required and labelled."""
    tables = table.tables("volumes")
    roles: list[VolumeRole] = []
    for one in tables:
        role = _volume(one)
        _require_different(one, role, roles)
        roles.append(role)
    if not any(role.labelled and role.required for role in roles):
        raise table.refusal("volumes", "no role", "one that is both required and labelled, or more")
    if not any(role.frames == "many" for role in roles):
        for one, role in zip(tables, roles, strict=True):
            if role.derived:
                raise one.error("derived", 'a protocol with a role of frames = "many", which maps are computed from')
    return tuple(roles)


def _volume(table: Table) -> VolumeRole:
    low, high = table.numbers("window_percentiles", 0.0, 100.0, length=2)
    if not low < high:
        raise table.error("window_percentiles", "the lower percentile first")
    role = VolumeRole(
        name=table.text("name"),
        suffixes=table.texts("suffixes", empty=table.has("derived") or table.has("mask_labels")),
        required=table.boolean("required"),
        labelled=table.boolean("labelled"),
        window_percentiles=(low, high),
        acquisitions=table.texts("acquisitions", empty=True) if table.has("acquisitions") else (),
        frames=cast(Frames, table.choice("frames", FRAMES)) if table.has("frames") else "one",
        mask_labels=table.texts("mask_labels", empty=True) if table.has("mask_labels") else (),
        derived=table.choice("derived", ("", *DERIVED_MAPS)) if table.has("derived") else "",
        unit=table.text("unit", empty=True) if table.has("unit") else "",
        signed=table.flag("signed"),
        symmetric=table.flag("symmetric"),
        colour_map=cast(ColourMap, table.choice("colour_map", COLOUR_MAPS)) if table.has("colour_map") else "grey",
        windows=tuple(_window(one) for one in table.tables("windows")),
    )
    if role.symmetric and not role.signed:
        raise table.refusal("symmetric", "true", "signed = true beside it, since it is symmetric about zero")
    if role.labelled and role.frames == "many":
        raise table.refusal("labelled", "true", "false for a 4-D image; label a map that is derived from it")
    if role.labelled and role.mask_labels:
        raise table.refusal("labelled", "true", "false for an image that is a mask itself")
    table.done()
    return role


def _window(table: Table) -> WindowPreset:
    of = table.choice("of", WINDOW_UNITS)
    bounds = (0.0, 100.0) if of == "percentile" else (-1e9, 1e9)
    window = WindowPreset(
        name=table.text("name"),
        lower=table.number("lower", *bounds),
        upper=table.number("upper", *bounds),
        of=of,
    )
    if not window.lower < window.upper:
        raise table.error("upper", f"more than the lower end, {window.lower:g}")
    table.done()
    return window


def _require_different(table: Table, role: VolumeRole, others: Sequence[VolumeRole]) -> None:
    for other in others:
        if role.name == other.name:
            raise table.error("name", "one that no other role has")
        shared = set(role.suffixes) & set(other.suffixes)
        apart = role.acquisitions and other.acquisitions and not set(role.acquisitions) & set(other.acquisitions)
        if shared and not apart:
            expected = "one that no other role has, or acquisitions that tell the two apart"
            raise table.refusal("suffixes", repr(sorted(shared)[0]), expected)


def read_layout(table: Table, layouts: Sequence[HangingLayout]) -> Layout:
    """Read ``[layout]``."""
    planes = table.texts("planes", choices=PLANES)
    names = tuple(layout.name for layout in layouts)
    layout = Layout(
        planes=cast(tuple[Plane, ...], planes),
        primary_plane=cast(Plane, table.choice("primary_plane", planes)),
        start_at=table.choice("start_at", ("labels", "middle")),
        first=table.choice("first", names or ("",)) if table.has("first") or names else "",
    )
    table.done()
    return layout


def read_layouts(tables: Sequence[Table], roles: tuple[str, ...]) -> tuple[HangingLayout, ...]:
    """Read ``[[layouts]]``: each name once, with as many viewports as it has room for."""
    layouts: list[HangingLayout] = []
    for table in tables:
        name = table.choice("name", tuple(VIEWPORTS_OF_LAYOUT))
        if any(layout.name == name for layout in layouts):
            raise table.error("name", "one that no other layout has")
        title = table.text("title")
        viewports = tuple(_viewport(one, roles) for one in table.tables("viewports"))
        fewest, most = VIEWPORTS_OF_LAYOUT[name]
        if not fewest <= len(viewports) <= most:
            room = f"{fewest}" if fewest == most else f"{fewest} to {most}"
            raise table.refusal("viewports", f"{len(viewports)} viewports", f"{room} in a layout {name!r}")
        table.done()
        layouts.append(HangingLayout(name, title, viewports))
    return tuple(layouts)


def _viewport(table: Table, roles: tuple[str, ...]) -> Viewport:
    viewport = Viewport(view=cast(View, table.choice("view", VIEWS)), role=table.choice("role", roles))
    table.done()
    return viewport


def read_display(table: Table | None) -> Display:
    """Read ``[display]``; without it the convention is the radiologists'."""
    if table is None:
        return Display("radiological")
    display = Display(cast(Convention, table.choice("convention", CONVENTIONS)))
    table.done()
    return display
