"""`radicula phantom`: a BIDS dataset of digital phantoms with truth and simulated raters."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from mri.phantom.cohort import DEFAULT_RATERS, SITES, write_cohort
from mri.phantom.makers import MAKERS
from mri.phantom.rater import RaterStyle

_STYLES = (*DEFAULT_RATERS.values(), RaterStyle(bias_mm=0.12, noise_mm=0.4), RaterStyle(bias_mm=-0.12, noise_mm=0.4))


def add_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``radicula phantom`` with its options."""
    phantom = commands.add_parser("phantom", help="a BIDS dataset of digital phantoms with truth and simulated raters")
    phantom.add_argument("protocol", choices=tuple(MAKERS))
    phantom.add_argument("--subjects", type=int, default=8, metavar="N")
    phantom.add_argument("--seed", type=int, default=0, metavar="S")
    phantom.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    phantom.add_argument("--option", metavar="NAME", help="of the protocol, such as 'ventral' of rootlets")
    phantom.add_argument("--sessions", type=int, default=1, metavar="N", help="scans of every subject (default 1)")
    phantom.add_argument("--sites", type=int, default=len(SITES), metavar="N", help=f"1 to {len(SITES)} scanners")
    scan = phantom.add_argument_group("scan, the protocol's own by default")
    scan.add_argument("--shape", type=int, nargs=3, metavar=("LR", "PA", "IS"), help="voxels")
    scan.add_argument("--spacing", type=float, nargs=3, metavar=("LR", "PA", "IS"), help="voxel size, mm")
    scan.add_argument("--orientation", action="append", metavar="RAS", help="axis codes; several are taken in turn")
    scan.add_argument("--oblique", type=float, action="append", metavar="DEG", help="tilt; several are taken in turn")
    scan.add_argument("--snr", type=float, metavar="SNR", help="of the reference tissue at the first site")
    scan.add_argument("--bias", type=float, help="strength of the receive field, 0 for none")
    raters = phantom.add_argument_group("raters")
    raters.add_argument("--raters", type=int, metavar="N", help=f"0 to {len(_STYLES)} raters (default 2)")
    raters.add_argument("--repeats", type=int, default=0, metavar="N", help="further reads by every rater (default 0)")
    raters.add_argument(
        "--rater-bias", type=float, metavar="MM", help="boundary shift of the first rater; signs alternate"
    )
    raters.add_argument("--rater-noise", type=float, metavar="MM", help="SD of the boundary")
    raters.add_argument(
        "--repeat-noise", type=float, default=0.25, metavar="MM", help="SD between reads (default 0.25)"
    )
    raters.add_argument("--level-shift", type=float, default=0.0, metavar="P", help="chance of a read one level off")
    raters.add_argument("--missed-label", type=float, default=0.0, metavar="P", help="chance of a label left out")
    phantom.add_argument("--json", action="store_true", help="print JSON")
    phantom.set_defaults(command=_phantom)


def _phantom(given: argparse.Namespace) -> None:
    if not 1 <= given.sites <= len(SITES):
        raise ValueError(f"There are 1 to {len(SITES)} simulated sites; {given.sites} came.")
    if given.snr is not None and given.snr <= 0:
        raise ValueError(f"The SNR is a positive number; {given.snr:g} came.")
    cohort = write_cohort(
        given.output,
        given.protocol,
        given.subjects,
        given.seed,
        raters=_raters(given),
        repeats=given.repeats,
        sites=SITES[: given.sites],
        sessions=given.sessions,
        shape_ras=None if given.shape is None else tuple(given.shape),
        spacing_ras_mm=None if given.spacing is None else tuple(given.spacing),
        noise=None if given.snr is None else 1.0 / given.snr,
        bias=given.bias,
        option=given.option,
        **({"orientations": given.orientation} if given.orientation else {}),
        **({"oblique_deg": given.oblique} if given.oblique else {}),
    )
    if given.json:
        written = [
            {
                "participant": row.participant,
                "session": row.session or None,
                "site": row.site,
                "images": row.images,
                "labels": row.labels,
            }
            for row in cohort.subjects
        ]
        content = {"folder": str(cohort.folder), "seed": cohort.seed, "subjects": written}
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    else:
        scans = f" ({len(cohort.subjects)} scans)" if given.sessions > 1 else ""
        sys.stdout.write(f"{given.subjects} subjects{scans} in {cohort.folder}\n")


def _raters(given: argparse.Namespace) -> Mapping[str, RaterStyle]:
    count = 2 if given.raters is None else given.raters
    if not 0 <= count <= len(_STYLES):
        raise ValueError(f"There are 0 to {len(_STYLES)} simulated raters; {count} came.")
    return {
        f"rater{n + 1}": RaterStyle(
            bias_mm=style.bias_mm if given.rater_bias is None else given.rater_bias * (-1) ** n,
            noise_mm=style.noise_mm if given.rater_noise is None else given.rater_noise,
            repeat_noise_mm=given.repeat_noise if given.repeats else 0.0,
            level_shift_probability=given.level_shift,
            missed_label_probability=given.missed_label,
        )
        for n, style in enumerate(_STYLES[:count])
    }
