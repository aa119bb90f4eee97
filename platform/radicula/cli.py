"""`radicula`: the command line for files. It needs no site, and imports no Django.

Exit status: 0 done, 2 bad input with one line on standard error.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from measures.compare import Comparison, compare_files
from mri.errors import ImageError
from mri.phantom.cohort import write_cohort

BAD_INPUT = 2
SHOWN = ("dice", "hd95_mm", "assd_mm", "surface_dice", "reference_mm3", "candidate_mm3")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = given.command
    try:
        command(given)
    except (ImageError, ValueError, OSError) as error:
        sys.stderr.write(f"radicula: {' '.join(str(error).split())}\n")
        return BAD_INPUT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="radicula", description="Label maps on the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    compare = commands.add_parser("compare", help="overlap and distance of two label maps on one grid")
    compare.add_argument("reference", type=Path, help="NIfTI label map")
    compare.add_argument("candidate", type=Path, help="NIfTI label map on the same grid")
    compare.add_argument("--tolerance-mm", type=float, default=1.0, help="of the surface Dice (default 1)")
    compare.add_argument("--json", action="store_true", help="print JSON")
    compare.set_defaults(command=_compare)

    phantom = commands.add_parser("phantom", help="a BIDS dataset of digital phantoms with truth and simulated raters")
    phantom.add_argument("protocol", choices=("rootlets", "spinal-cord"))
    phantom.add_argument("--subjects", type=int, default=8, metavar="N")
    phantom.add_argument("--seed", type=int, default=0, metavar="S")
    phantom.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    phantom.add_argument("--json", action="store_true", help="print JSON")
    phantom.set_defaults(command=_phantom)
    return parser


def _compare(given: argparse.Namespace) -> None:
    comparison = compare_files(given.reference, given.candidate, tolerance_mm=given.tolerance_mm)
    if given.json:
        sys.stdout.write(json.dumps(comparison.to_json(), indent=2) + "\n")
    else:
        sys.stdout.write(_comparison_table(comparison))


def _comparison_table(comparison: Comparison) -> str:
    lines = ["label  " + "  ".join(f"{name:>14}" for name in SHOWN)]
    for value, label in comparison.labels.items():
        numbers = (getattr(label, name) for name in SHOWN)
        lines.append(f"{value:>5}  " + "  ".join("             -" if n is None else f"{n:14.4f}" for n in numbers))
        lines += [f"       {name}: {reason}" for name, reason in label.undefined.items() if name in SHOWN]
    return "\n".join(lines) + "\n"


def _phantom(given: argparse.Namespace) -> None:
    cohort = write_cohort(given.output, given.protocol, given.subjects, given.seed)
    if given.json:
        written = {
            row.participant: {"site": row.site, "image": row.image, "labels": row.labels} for row in cohort.subjects
        }
        sys.stdout.write(
            json.dumps({"folder": str(cohort.folder), "seed": cohort.seed, "subjects": written}, indent=2) + "\n"
        )
    else:
        sys.stdout.write(f"{len(cohort.subjects)} subjects in {cohort.folder}\n")


if __name__ == "__main__":
    sys.exit(main())
