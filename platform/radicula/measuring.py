"""`radicula measure`: the clinical measures of a protocol on files."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from measures.clinical.catalogue import CATALOGUE, ClinicalMeasure, measures_of
from measures.clinical.inputs import CaseInputs, LabelMeaning, ScalarMap
from measures.clinical.table import MeasureTable
from mri.errors import ImageError
from mri.labels import LabelMap
from mri.nifti import read_labels, read_volume, write_nifti
from mri.points import read_points
from protocols.loader import list_protocols

MAP_ROLES = ("cord", "pmj", "reference", "vertebrae")


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `measure` to the command line."""
    protocols = sorted({name for measure in CATALOGUE.values() for name in measure.protocols})
    measure = commands.add_parser(
        "measure",
        help="clinical measures of a label map",
        epilog="Measures: " + "; ".join(f"{m.name} ({', '.join(m.protocols)})" for m in CATALOGUE.values()),
    )
    measure.add_argument("protocol", choices=protocols, metavar="PROTOCOL", help=", ".join(protocols))
    measure.add_argument("labels", type=Path, metavar="LABELS", help="NIfTI label map")
    measure.add_argument("--image", action="append", default=[], metavar="[ROLE=]FILE",
                         help="an image, such as FA=fa.nii.gz; may be given more than once")  # fmt: skip
    for role in MAP_ROLES:
        measure.add_argument(f"--{role}", type=Path, metavar="FILE", help=f"NIfTI label map with the role {role}")
    points = 'points, such as the PMJ: {"PMJ": [x, y, z]} in RAS mm, marks of the site, or markups of 3D Slicer'
    measure.add_argument("--points", type=Path, metavar="JSON", help=points)
    measure.add_argument("--measure", action="append", metavar="NAME", help="only this one; all that can be by default")
    measure.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a setting of the measure")
    shown = measure.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print JSON")
    shown.add_argument("--csv", action="store_true", help="print the table of one measure as CSV")
    measure.add_argument("-o", "--output", type=Path, metavar="OUT", help="write the label map that a measure makes")
    measure.set_defaults(command=run)


def run(given: argparse.Namespace) -> None:
    """Measure one label map and print what was found."""
    chosen = _chosen(given.protocol, given.measure)
    maps = {role: read_labels(path) for role in MAP_ROLES if (path := getattr(given, role)) is not None}
    inputs = CaseInputs(
        read_labels(given.labels),
        maps,
        _images(given.image, chosen),
        _meanings(given.protocol),
        read_points(given.points) if given.points is not None else {},
    )
    options = _options(given.option, chosen)
    skipped = {m.name: f"needs {', '.join(m.missing(inputs, options))}" for m in chosen if m.missing(inputs, options)}
    able = [m for m in chosen if m.name not in skipped]
    if not able or (given.measure and skipped):
        wanting = "; ".join(f"{name} {reason}" for name, reason in skipped.items())
        raise ValueError(
            f"Inputs are missing: {wanting}. Give them with --cord, --image ROLE=FILE, --option and so on."
        )
    if given.csv and len(able) > 1:
        raise ValueError(f"CSV holds one table; choose one with --measure: {', '.join(m.name for m in able)}.")
    tables = [m.measure(inputs, {k: v for k, v in options.items() if k in {o.name for o in m.options}}) for m in able]
    if given.output is not None:
        _write_map(tables, given.output, given.labels)
    sys.stdout.write(_shown(given, tables, skipped))


def _chosen(protocol: str, names: Sequence[str] | None) -> tuple[ClinicalMeasure, ...]:
    there = {measure.name: measure for measure in measures_of(protocol)}
    for name in names or ():
        if name not in there:
            raise ValueError(f"{protocol} has no measure {name!r}; there are {', '.join(there)}.")
    return tuple(there[name] for name in names) if names else tuple(there.values())


def _images(given: Sequence[str], measures: Sequence[ClinicalMeasure]) -> dict[str, ScalarMap]:
    roles = list(dict.fromkeys(r.name for m in measures for r in m.roles if r.kind == "image"))
    images = {}
    for text in given:
        role, path = _role_and_path(text, roles)
        volume = read_volume(path)
        images[role] = ScalarMap(volume.voxels, volume.grid)
    return images


def _role_and_path(text: str, roles: Sequence[str]) -> tuple[str, Path]:
    name, separator, rest = text.partition("=")
    if separator and name in roles:
        return name, Path(rest)
    path = Path(text)
    if len(roles) == 1:
        return roles[0], path
    suffix = path.name.split(".")[0].split("_")[-1].lower()
    fitting = [role for role in roles if role.lower() == suffix]
    if not fitting:
        there = ", ".join(roles) or "none for this protocol"
        raise ValueError(f"What {text} is can't be told; say it as ROLE=FILE. Roles of images: {there}.")
    return fitting[0], path


def _meanings(protocol: str) -> tuple[LabelMeaning, ...]:
    known = next((p for p in list_protocols() if p.name == protocol), None)
    if known is None:
        return ()
    return tuple(
        LabelMeaning(label.value, label.name, label.side, label.level, getattr(label, "group", ""))
        for label in known.labels
    )


def _options(given: Sequence[str], measures: Sequence[ClinicalMeasure]) -> dict[str, Any]:
    kinds = {option.name: option.kind for measure in measures for option in measure.options}
    options: dict[str, Any] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or name not in kinds:
            raise ValueError(f"An option is NAME=VALUE; {text!r} came. There are {', '.join(kinds) or 'none'}.")
        try:
            options[name] = kinds[name](value)
        except ValueError as error:
            raise ValueError(f"The option {name} is a number; {value!r} came.") from error
    return options


def _write_map(tables: Sequence[MeasureTable], output: Path, reference: Path) -> None:
    made: LabelMap | None = next((t.label_map for t in tables if t.label_map is not None), None)
    if made is None:
        raise ValueError(f"None of {', '.join(t.measure for t in tables)} makes a label map; leave -o out.")
    if not output.name.endswith(".nii.gz") or output.resolve() == reference.resolve():
        raise ImageError(f"A label map is written as another .nii.gz file; {output.name} came.", "bad-name")
    write_nifti(made, output, reference=reference, description="Radicula spinal levels")


def _shown(given: argparse.Namespace, tables: Sequence[MeasureTable], skipped: Mapping[str, str]) -> str:
    if given.json:
        content = {
            "protocol": given.protocol,
            "labels": str(given.labels),
            "measures": {table.measure: table.to_json() for table in tables},
            "skipped": dict(skipped),
        }
        return json.dumps(content, indent=2) + "\n"
    if given.csv:
        return tables[0].to_csv()
    return "\n".join(_text(table) for table in tables) + "".join(f"{n}: {why}\n" for n, why in skipped.items())


def _text(table: MeasureTable) -> str:
    names = [column.name for column in table.columns]
    rows = [[_cell(cell) for cell in one.cells.values()] for one in table.rows]
    widths = [max(len(name), *(len(r[n]) for r in rows), 0) for n, name in enumerate(names)]
    lines = [table.measure, "  ".join(f"{n:>{w}}" for n, w in zip(names, widths, strict=True))]
    lines += ["  ".join(f"{c:>{w}}" for c, w in zip(r, widths, strict=True)) for r in rows]
    reasons = {f"{name}: {why}" for one in table.rows for name, why in one.undefined.items()}
    lines += [f"undefined {reason}" for reason in sorted(reasons)]
    lines += [f"note: {line}" for line in (*table.findings, *table.notes)]
    return "\n".join(lines) + "\n"


def _cell(cell: object) -> str:
    return "-" if cell is None else f"{cell:.4g}" if isinstance(cell, float) else str(cell)
