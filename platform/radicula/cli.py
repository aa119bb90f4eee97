"""`radicula`: the command line for files. It needs no site, and imports no Django.

Exit status: 0 done, 2 bad input with one line on standard error.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from measures.compare import Comparison, compare_files
from measures.consensus_files import FileConsensus, consensus_of_files
from measures.icc import IccResult, icc
from measures.rating_files import read_ratings
from mri.errors import ImageError
from radicula import measuring, phantoms, protocol_check, tracking

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

    reliability = commands.add_parser("icc", help="intraclass correlations of a table with one rating per row")
    reliability.add_argument("table", type=Path, help="CSV or TSV with a header line")
    reliability.add_argument("--targets", required=True, metavar="COLUMN", help="column that names what was rated")
    reliability.add_argument("--raters", required=True, metavar="COLUMN", help="column that names the rater or read")
    reliability.add_argument("--ratings", required=True, metavar="COLUMN", help="column with the number")
    reliability.add_argument("--json", action="store_true", help="print JSON")
    reliability.set_defaults(command=_icc)

    agree = commands.add_parser("consensus", help="consensus of the label maps of two or more raters on one grid")
    agree.add_argument("maps", type=Path, nargs="+", metavar="LABELS", help="NIfTI label maps, one per rater")
    agree.add_argument("--method", choices=("staple", "majority"), default="staple")
    agree.add_argument("--threshold", type=float, default=0.5, help="probability for STAPLE (default 0.5)")
    agree.add_argument("-o", "--output", type=Path, required=True, metavar="OUT", help="a .nii.gz file")
    agree.add_argument("--json", action="store_true", help="print JSON")
    agree.set_defaults(command=_consensus)

    measuring.add_command(commands)
    protocol_check.add_command(commands)
    tracking.add_command(commands)
    phantoms.add_command(commands)
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


def _icc(given: argparse.Namespace) -> None:
    result = icc(read_ratings(given.table, given.targets, given.raters, given.ratings))
    sys.stdout.write(json.dumps(result.to_json(), indent=2) + "\n" if given.json else _icc_table(result))


def _icc_table(result: IccResult) -> str:
    lines = [f"{result.n_targets} targets, {result.n_raters} raters", f"{'type':<10}{'ICC':>8}  {'95 % CI':<17}words"]
    for form in result.forms:
        if form.value is None:
            lines.append(f"{form.form.type:<10}{'-':>8}  {form.undefined['value']}")
            continue
        ci = form.interval
        ends = form.undefined["interval"] if ci is None else f"{f'{ci.low:.3f} to {ci.high:.3f}':<17}{form.words}"
        lines.append(f"{form.form.type:<10}{form.value:8.3f}  {ends}")
    if result.error is not None:
        lines.append(f"SEM (agreement) {result.error.sem_agreement:.4g}, SDC {result.error.sdc_agreement:.4g}")
    lines += [f"left out {d.key}: {d.reason}" for d in result.dropped]
    return "\n".join(lines) + "\n"


def _consensus(given: argparse.Namespace) -> None:
    result = consensus_of_files(given.maps, given.output, given.method, given.threshold)
    written = {"output": str(given.output)}
    text = json.dumps(written | result.to_json(), indent=2) + "\n" if given.json else _consensus_table(result)
    sys.stdout.write(text)


def _consensus_table(result: FileConsensus) -> str:
    content = result.to_json()
    lines = [f"{'label':>5}  {'voxels':>10}  {'mm3':>12}"]
    lines += [f"{value:>5}  {row['voxels']:>10}  {row['mm3']:12.2f}" for value, row in content["labels"].items()]
    lines.append(f"undecided voxels: {content['undecided_voxels']}")
    for rater, comparison in result.others.items():
        dice = comparison.mean["dice"].mean
        shown = "undefined" if dice is None else f"{dice:.4f}"
        lines.append(f"{rater} against the others: mean Dice {shown}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
