"""`radicula track`: the nerves of a label map, followed through a diffusion image; on files, without a site."""

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from mri.diffusion.gradients import read_gradients
from mri.diffusion.tracking import TrackingSettings, Tractography, track_nerves
from mri.diffusion.tract_files import tck_bytes, trk_bytes
from mri.diffusion.tract_measures import NerveMeasures, measure_nerves
from mri.geometry import Grid
from mri.labels import LabelArray
from mri.nifti import read_labels, read_volume
from mri.resampling import resample

WRITERS = {".trk": trk_bytes, ".tck": tck_bytes}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `track` to the command line."""
    track = commands.add_parser("track", help="streamlines of the nerves of a label map, through a diffusion image")
    track.add_argument("dwi", type=Path, metavar="DWI", help="4-D NIfTI image; .bval and .bvec lie beside it")
    track.add_argument("labels", type=Path, metavar="LABELS", help="NIfTI label map, one value per nerve, on any grid")
    track.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="a .trk or .tck file")
    track.add_argument("--bval", type=Path, metavar="FILE", help="b values, where they are not beside the image")
    track.add_argument("--bvec", type=Path, metavar="FILE", help="directions, where they are not beside the image")
    for setting in fields(TrackingSettings):
        kind = int if isinstance(setting.default, int) else float
        name = f"--{setting.name.replace('_', '-')}"
        track.add_argument(name, type=kind, default=setting.default, help=f"default {setting.default}")
    track.add_argument("--json", action="store_true", help="print JSON")
    track.set_defaults(command=run)


def run(given: argparse.Namespace) -> None:
    """Track, write the streamlines, print what was measured."""
    writer = WRITERS.get(given.output.suffix)
    if writer is None:
        raise ValueError(f"The output {given.output.name} should end in .trk or .tck.")
    settings = TrackingSettings(**{field.name: getattr(given, field.name) for field in fields(TrackingSettings)})
    image = read_volume(given.dwi, allow_frames=True)
    beside = {end: given.dwi.with_name(given.dwi.name.removesuffix(".gz").removesuffix(".nii") + end)
              for end in (".bval", ".bvec")}  # fmt: skip
    table = read_gradients(given.bval or beside[".bval"], given.bvec or beside[".bvec"], image.frames)
    labels = _labels(given.labels, image.grid)
    tracts = track_nerves(image.voxels, image.grid, table, labels, settings)
    measures = measure_nerves(tracts, labels)
    given.output.write_bytes(writer(tracts))
    if given.json:
        sys.stdout.write(json.dumps(_told(tracts, measures), indent=2) + "\n")
    else:
        sys.stdout.write(_table(tracts, measures))


def _labels(path: Path, grid: Grid) -> LabelArray:
    labels = read_labels(path)
    if labels.grid.same_as(grid):
        return labels.voxels
    resampled: LabelArray = resample(labels.voxels, labels.grid, grid, "nearest")
    return resampled


def _told(tracts: Tractography, measures: tuple[NerveMeasures, ...]) -> dict[str, Any]:
    return {
        "settings": tracts.settings.to_json(),
        "seconds": tracts.seconds,
        "nerves": [one.to_json() for one in measures],
    }


def _table(tracts: Tractography, measures: tuple[NerveMeasures, ...]) -> str:
    lines = ["nerve  streamlines  FA tract  FA mask  MD tract  MD mask (1e-3 mm2/s)  mask mm3  missed slices"]
    lines += [
        f"{one.value:>5}  {one.count:>11}  {_number(one.fa_tract):>8}  {_number(one.fa_mask):>7}  "
        f"{_number(one.md_tract, 1e3):>8}  {_number(one.md_mask, 1e3):>21}  {one.mask_mm3:>8.1f}  "
        f"{', '.join(str(n) for n in one.missed_slices) or 'none'}"
        for one in measures
    ]
    stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in tracts.seconds.items())
    return "\n".join([*lines, stages]) + "\n"


def _number(value: float | None, times: float = 1.0) -> str:
    return "-" if value is None else f"{value * times:.3f}"
