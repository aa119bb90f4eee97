"""What single protocols add: spread of spinal levels, index errors of regions, tracts and ratings, disc forces."""

from collections.abc import Sequence
from functools import partial

from measures.clinical.level_variability import Factor, LevelReading, level_variability
from measures.clinical.spinal_levels import LEVEL_NAMES
from measures.summary import Summary, summarise
from radicula.study_report import figures
from radicula.study_report.cells import mean_sd, p_cell
from radicula.study_report.source import Clinical, StudySource
from results.reporting.blocks import Block, Cell, Figure, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count
from tracts.models import Arm
from tracts.selectors import ArmFigures, Comparison

LEVELS = {name: value for value, name in LEVEL_NAMES.items()}
DILATION = "mm"
FACTORS: dict[Factor, str] = {"session": "sessions of a subject", "rater": "raters"}
INDICES = ("FA", "MD", "AD", "RD")
WHATS = {"rating": "Rating, 1 to 5", "seconds": "Seconds per case"}


def level_spread(source: StudySource) -> Section:
    """How far the midpoint of a spinal level varies: CoV and, beside it, the SD in mm."""
    parts = [_spread(source, factor) for factor in FACTORS]
    return Section("Variability of spinal levels", parts=tuple(part for part in parts if not part.is_empty))


def level_readings(source: StudySource, factor: Factor) -> list[LevelReading]:
    """The midpoints by the dilation in mm: of the manual rater across sessions, of every rater's first read else."""
    return [
        LevelReading(
            LEVELS[one.item],
            one.value,
            one.subject,
            rater=one.author[1],
            session=one.session,
            site=one.facts.get("site", ""),
            vendor=one.facts.get("vendor", ""),
        )
        for one in source.values("spinal-levels", "midpoint")
        if one.item in LEVELS and DILATION in one.variant and _counts(source, one, factor)
    ]


def _counts(source: StudySource, one: Clinical, factor: Factor) -> bool:
    if factor == "rater":
        return one.author[0] == "rater" and one.author[2] == 1
    return one.author == source.manual


def _spread(source: StudySource, factor: Factor) -> Section:
    readings = level_readings(source, factor)
    groups = {getattr(one, factor) for one in readings}
    if len(groups) < 2:
        return Section(f"Across {FACTORS[factor]}")
    found = level_variability(readings, factor)
    rows: list[tuple[Cell, ...]] = [
        (name, count(sd.n), mean_sd(sd, "fixed", 2), mean_sd(found.by_level_cov_percent[name], "fixed", 2))
        for name, sd in found.by_level_sd_mm.items()
    ]
    rows.append(
        (
            "mean over levels",
            count(found.sd_mm.n),
            mean_sd(found.sd_mm, "fixed", 2),
            mean_sd(found.cov_percent, "fixed", 2),
        )
    )
    names = list(found.by_level_sd_mm)
    table = Table(
        f"Spread of the midpoints across {FACTORS[factor]}: mean ± SD over the subjects of SD (ddof 1) and CoV.",
        columns("Level", "#n", "#SD (mm)", "#CoV (%)"),
        rows,
        "CoV = 100 SD / mean of the distance from the pontomedullary junction: it shrinks with the distance.",
    )
    series = {
        "SD (mm)": {"SD": [_pair(found.by_level_sd_mm[name]) for name in names]},
        "CoV (%)": {"CoV": [_pair(found.by_level_cov_percent[name]) for name in names]},
    }
    figure = Figure(
        f"SD and CoV of the midpoints by level, across {FACTORS[factor]}; mean ± SD over subjects.",
        f"SD and CoV by level for {', '.join(names)}.",
        partial(figures.lines_chart, names, series),
    )
    return Section(f"Across {FACTORS[factor]}", (table, figure))


def _pair(found: Summary) -> tuple[float | None, float | None]:
    return found.mean, found.sd


def index_errors(source: StudySource) -> Section:
    """The error that a predicted region makes in each index, by both definitions."""
    rows: list[tuple[Cell, ...]] = []
    shown: dict[str, list[float | None]] = {"by slice, (i)": [], "by slice, (ii)": []}
    regions = list(dict.fromkeys(one.item for one in source.values("index-error", "slice_error_i")))
    for index in INDICES:
        for region in regions:
            cells = [
                index_error_of(source, name, region, index)
                for name in ("slice_error_i", "slice_error_ii", "case_error")
            ]
            if not any(cell.n for cell in cells):
                continue
            overlaps = [index_error_of(source, name, region, index) for name in ("precision", "recall", "dice")]
            rows.append(
                (
                    index, region, count(cells[0].n), *(mean_sd(cell, "fixed", 2) for cell in cells),
                    *(mean_sd(cell, "fixed", 3) for cell in overlaps),
                )
            )  # fmt: skip
    for region in regions:
        shown["by slice, (i)"].append(index_error_of(source, "slice_error_i", region, "FA").mean)
        shown["by slice, (ii)"].append(index_error_of(source, "slice_error_ii", region, "FA").mean)
    if not rows:
        why = next((one.undefined for one in source.values("index-error", "slice_error_i") if one.undefined), "")
        said = f"No region has an index error yet{f': {why}' if why else ''}."
        return Section("Index error by region", (paragraph(said),) if regions else ())
    table = Table(
        f"Index error of {source.automatic_title}: mean ± SD over the cases of the test set.",
        columns(
            "Index",
            "Region",
            "#n",
            "#Error (i), %",
            "#Error (ii), %",
            "#Whole case, %",
            "#Precision",
            "#Recall",
            "#Dice",
        ),
        rows,
        "(i): mean over slices of |p − r| / r, the default; (ii): mean |p − r| / mean r. n: cases with the region in "
        "both masks; a region that is empty in one is undefined and never 0.",
    )
    figure = Figure(
        "FA index error by region, mean over cases, by both definitions.",
        "Bars of the FA index error of every region.",
        partial(figures.bars_chart, regions, shown, "FA index error (%)"),
    )
    return Section("Index error by region", (table, figure))


def index_error_of(source: StudySource, quantity: str, region: str, index: str) -> Summary:
    """A column of the index errors of a region over the cases of the automatic arm."""
    found = source.values("index-error", quantity, item=region, variant=index)
    return summarise(source.by_network(list(found)))


def tract_arms(source: StudySource) -> Section:
    """Tractograms by nerve; ratings and seconds of both arms with their paired tests."""
    if not source.tractograms:
        return Section("Tractography")
    parts = (
        Section("By nerve", (_nerves(source),)),
        Section("Manual against automatic", tuple(_arms(source))),
    )
    return Section("Tractography", (_settings(source),), parts=parts)


def _settings(source: StudySource) -> Block:
    settings = source.tractograms[-1].settings
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in settings.items())
    return paragraph(f"{len(source.tractograms)} tractograms by deterministic tracking from the masks ({told}).")


def _nerves(source: StudySource) -> Table:
    names = list(dict.fromkeys(nerve["name"] for one in source.tractograms for nerve in one.nerves))
    rows: list[tuple[Cell, ...]] = []
    for arm in Arm:
        of_arm = [one for one in source.tractograms if one.arm == arm]
        for name in names:
            nerves = {one.case.name: nerve for one in of_arm for nerve in one.nerves if nerve["name"] == name}
            if not nerves:
                continue
            missed = sum(len(nerve["missed_slices"]) for nerve in nerves.values())
            rows.append(
                (
                    Arm(arm).label,
                    name,
                    count(len(nerves)),
                    *(
                        mean_sd(summarise({case: _float(nerve[key], scale) for case, nerve in nerves.items()}))
                        for key, scale in (("count", 1.0), ("fa_tract", 1.0), ("md_tract", 1e3), ("length_mm", 1.0))
                    ),
                    count(missed),
                )
            )
    return Table(
        "Streamlines by arm and nerve: mean ± SD over cases.",
        columns(
            "Arm",
            "Nerve",
            "#n",
            "#Streamlines",
            "#FA, tract",
            "#MD, tract (10⁻³ mm²/s)",
            "#Length (mm)",
            "#Missed slices",
        ),
        rows,
        "Missed slices: axial slices between a mask's ends that it leaves out, over all cases; each breaks the tract.",
    )


def _float(value: float | None, scale: float) -> float | None:
    return None if value is None else float(value) * scale


def _arms(source: StudySource) -> Sequence[Block]:
    rows = [_arm_row(one) for one in source.arms]
    note = (
        "Seconds: drawing (active time) or proposing the mask, and tracking. Tests: manual against automatic on the "
        "same cases, two-sided."
    )
    if source.run is not None and source.run.simulated:
        note += (
            " Ratings and drawing times are simulated: the score follows how well the mask covers the true nerves, the "
            "time is so many seconds for each slice. Only the automatic seconds are measured."
        )
    table = Table(
        "Blinded ratings and time of both arms.",
        columns("What", "#Manual", "#n", "#Automatic", "#n", "#Pairs", "#p, Wilcoxon", "#p, paired t"),
        rows,
        note,
    )
    return (table,)


def _arm_row(one: Comparison) -> tuple[Cell, ...]:
    cells: list[Cell] = [WHATS.get(one.what, one.what)]
    for arm in (one.manual, one.automatic):
        cells += [arm_cell(arm), count(arm.n)]
    tests = [p_cell(test.p) for test in one.tests] or [p_cell(None), p_cell(None)]
    return (*cells, count(len(one.pairs)), *tests)


def arm_cell(arm: ArmFigures) -> Cell:
    """Mean ± SD of an arm, with two decimals."""
    mean = Number(arm.mean, digits=2, undefined="none")
    return mean if arm.sd is None else (mean, " ± ", Number(arm.sd, digits=2))


def disc_forces(source: StudySource) -> Section:
    """Compression and shear by joint, by hand and automatically."""
    numbers = list(source.values("loading", "compression"))
    joints = list(dict.fromkeys(one.item for one in numbers))
    if not any(one.value is not None for one in numbers):
        return Section("Loading of the discs")
    panels = {}
    for quantity, title in (("compression", "Compression (N)"), ("shear", "Shear (N)")):
        panels[title] = {
            who: [_pair(summarise(of(list(source.values("loading", quantity, item=joint))))) for joint in joints]
            for who, of in (("manual", source.by_hand), ("automatic", source.by_network))
        }
    short = [joint.removeprefix("Joint ") for joint in joints]
    figure = Figure(
        "Disc forces in neutral standing by joint: mean ± SD over cases, from manual and from automatic masks.",
        f"Compression and shear at {', '.join(short)}.",
        partial(figures.lines_chart, short, panels),
    )
    said = paragraph(
        "A planar research model, not for clinical use: muscle forces by optimisation, scaled by the measured areas."
    )
    return Section("Loading of the discs", (said, figure))


def loading_at(source: StudySource, joint: str) -> Number:
    """Mean compression at a joint over the cases of the manual arm."""
    numbers = [one for one in source.values("loading", "compression") if one.item.endswith(joint)]
    found = summarise(source.by_hand(numbers))
    return Number(found.mean, "significant", 4, "no case has it")
