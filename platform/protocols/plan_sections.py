"""Reading what a protocol computes, asks, checks and is held against."""

from __future__ import annotations

from collections.abc import Sequence

from protocols.images import VolumeRole
from protocols.label_sections import SHORT_NAME
from protocols.labels import Label
from protocols.names import CHECKS, MEASURES, STATISTICS, TENSOR_FITS, TRACKERS
from protocols.plan import AnatomyCheck, PublishedFigure, RatingTask, Reads, TensorSettings, TrackingSettings
from protocols.reading import Table

FEWEST_WORDS, MOST_WORDS = 2, 10


def read_tensor(table: Table) -> TensorSettings:
    """Read ``[tensor]``."""
    fit = table.choice("fit", TENSOR_FITS)
    known = next(name for name in TENSOR_FITS if name == fit)
    tensor = TensorSettings(known, table.number("b0_threshold", 0.0, 500.0))
    table.done()
    return tensor


def default_tensor(volumes: Sequence[VolumeRole]) -> TensorSettings | None:
    """Return the fit of a protocol that derives maps without saying how; None where it derives none."""
    return TensorSettings("WLS", 50.0) if any(role.derived not in ("", "b0") for role in volumes) else None


def read_tracking(table: Table) -> TrackingSettings:
    """Read ``[tracking]``."""
    tracking = TrackingSettings(
        method=table.choice("method", TRACKERS),
        fa_stop=table.number("fa_stop", 0.0, 1.0),
        angle_deg=table.number("angle_deg", 1.0, 90.0),
        step_mm=table.number("step_mm", 0.01, 10.0),
        seeds_per_voxel=table.integer("seeds_per_voxel", 1, 1000),
        min_length_mm=table.number("min_length_mm", 0.0, 1000.0),
        max_length_mm=table.number("max_length_mm", 1.0, 2000.0),
        smoothing_mm=table.number("smoothing_mm", 0.0, 50.0),
    )
    if not tracking.min_length_mm < tracking.max_length_mm:
        raise table.error("max_length_mm", f"more than min_length_mm, {tracking.min_length_mm:g}")
    table.done()
    return tracking


def read_reads(table: Table) -> Reads:
    """Read ``[reads]``."""
    reads = Reads(
        raters=table.integer("raters", 1, 50),
        repeat_share=table.number("repeat_share", 0.0, 1.0),
        washout_days=table.integer("washout_days", 0, 1000),
    )
    table.done()
    return reads


def read_rating(table: Table) -> RatingTask:
    """Read one of ``[[ratings]]``."""
    if not SHORT_NAME.fullmatch(table.text("name")):
        raise table.error("name", "lower-case letters, digits and dashes")
    rating = RatingTask(
        name=table.text("name"),
        question=table.text("question"),
        of=table.texts("of"),
        words=table.texts("words"),
        blinded=table.boolean("blinded"),
    )
    if not FEWEST_WORDS <= len(rating.words) <= MOST_WORDS:
        raise table.error("words", f"{FEWEST_WORDS} to {MOST_WORDS} texts, the first of which is 1")
    table.done()
    return rating


def read_check(table: Table, groups: tuple[str, ...]) -> AnatomyCheck:
    """Read one of ``[[checks]]``."""
    name = table.choice("name", tuple(CHECKS))
    settings: dict[str, float] = {}
    if table.has("settings"):
        inner = table.table("settings")
        settings = {key: inner.number(key, 0.0, 1e6) for key in CHECKS[name] if inner.has(key)}
        for key in inner.content:
            if key not in CHECKS[name]:
                known = f"one of {', '.join(CHECKS[name])}" if CHECKS[name] else "none, since this check has none"
                raise inner.refusal(key, "an unknown setting", known)
    check = AnatomyCheck(
        name=name,
        groups=table.texts("groups", choices=groups, empty=True) if table.has("groups") else (),
        settings=settings,
    )
    table.done()
    return check


def read_published(table: Table, labels: Sequence[Label]) -> PublishedFigure:
    """Read one of ``[[published]]``."""
    names = tuple(label.name for label in labels)
    figure = PublishedFigure(
        name=table.text("name"),
        value=table.number("value"),
        sd=table.number("sd", 0.0) if table.has("sd") else None,
        unit=table.text("unit", empty=True),
        note=table.text("note", empty=True),
        statistic=table.choice("statistic", ("", *STATISTICS)) if table.has("statistic") else "",
        measure=table.choice("measure", ("", *MEASURES)) if table.has("measure") else "",
        labels=table.texts("labels", choices=names, empty=True) if table.has("labels") else (),
        comparable=table.text("comparable", empty=True) if table.has("comparable") else "",
    )
    table.done()
    return figure
