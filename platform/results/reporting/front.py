"""What stands first: the findings, who read what, and what was left out."""

from __future__ import annotations

from collections import Counter

from results.reporting.blocks import Block, Bullets, Cell, Paragraph, Part, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count, metric_number, reason, span
from results.reporting.source import ReportSource
from results.statistics.points import OF_LABEL, resolution_text

DEFAULT_FORM = "ICC(A,1)"
FINDING_TITLES = {
    "level_shift": "Shifted numbering.",
    "side_swap": "Sides swapped.",
    "missing_label": "Missing label.",
}
SAID_SINGLY = 12


def summary(source: ReportSource) -> Section:
    """The answer in sentences, and what a reader should know before any number."""
    sentences = [*_overlap_sentence(source), *_icc_sentences(source)]
    lines = tuple(Paragraph(parts) for parts in sentences)
    return Section("Summary", (*_counts(source), *lines), parts=(findings(source),))


def _counts(source: ReportSource) -> tuple[Block, ...]:
    cases = source.document["cases"]
    subjects = len({one["subject"] for one in cases})
    return (
        paragraph(
            f"{source.kind_title[0].upper()}{source.kind_title[1:]} of ",
            *_several(len(source.document["readers"]), "reader"),
            " on ",
            *_several(len(cases), "image"),
            " of ",
            *_several(subjects, "subject"),
            f" in the study “{source.study_name}”; ",
            *_several(len(source.document["excluded"]), "missing read"),
            " (listed below with reasons).",
        ),
    )


def _several(n: int, noun: str) -> tuple[Part, ...]:
    return count(n), f" {noun}{'' if n == 1 else 's'}"


def _overlap_sentence(source: ReportSource) -> list[tuple[Part, ...]]:
    found: list[tuple[Part, ...]] = []
    for one in source.agreement():
        dice = one["metrics"].get("dice")
        if one["label"] is not None or dice is None:
            continue
        why = dice["undefined"]
        found.append(
            (
                "Over all labels and pairs of readings the Dice coefficient was ",
                metric_number("dice", dice["mean"], reason(why, "mean")),
                " ± ",
                metric_number("dice", dice["sd"], reason(why, "sd")),
                f" (mean ± SD; {source.level_percent} CI of the mean ",
                span(dice["ci"], undefined=reason(why, "ci")),
                "; n = ",
                count(dice["n"]),
                ").",
            )
        )
    return found


def _icc_sentences(source: ReportSource) -> list[tuple[Part, ...]]:
    found: list[tuple[Part, ...]] = []
    for entry in source.reliability:
        form = next(one for one in entry["icc"] if one["type"] == DEFAULT_FORM)
        if form["value"] is None:
            continue
        interval = form.get(source.ci_key)
        raters = " and ".join(source.reader(place) for place in entry["readers"])
        who = f", {raters}" if source.parameters["kind"] == "intra_rater" else ""
        words = f": {form['words']}" if form["words"] else ""
        found.append(
            (
                (
                    f"{source.measurement(entry['measurement'])['title']} of {source.label(entry['label'])}{who}: "
                    f"{DEFAULT_FORM} "
                ),
                Number(form["value"]),
                f" ({source.level_percent} CI ",
                span(interval, undefined=reason(form["undefined"], "interval", "ci")),
                f"){words}.",
            )
        )
    return found[:SAID_SINGLY]


def findings(source: ReportSource) -> Section:
    """Level shifts and other findings, in words."""
    items: list[Cell] = []
    found = source.document["findings"]
    loud = [one for one in found if one["type"] != "missing_label"]
    quiet = [one for one in found if one["type"] == "missing_label"]
    items += [f"{FINDING_TITLES.get(one['type'], '')} {one['case_name']}: {one['text']}" for one in loud]
    items += [f"{FINDING_TITLES['missing_label']} {one['case_name']}: {one['text']}" for one in quiet[:SAID_SINGLY]]
    if len(quiet) > SAID_SINGLY:
        items.append(f"{len(quiet) - SAID_SINGLY} more missing labels are listed in results.json, under findings.")
    text = "None: no shifted numbering, no swapped sides, no label that only one reader has."
    return Section("Findings", (Bullets(tuple(items)) if items else paragraph(text),))


def participants(source: ReportSource) -> Section:
    """Who was imaged, how, and who read how much."""
    cases = source.document["cases"]
    read = Counter(place for one in cases for place in one["readers"])
    readers = tuple(
        (one["title"], _reader_type(one), count(one["read"]), count(read[one["index"]]))
        for one in source.document["readers"]
    )
    who = Table(
        "Readers and what they read.",
        columns("Reader", "Type", "#Read", "#Images read"),
        readers,
        "A read is a rater's first, second … reading of the same images, blinded to the earlier one.",
    )
    resolutions = Counter(resolution_text(one["spacing_mm"]) for one in cases)
    rows: list[tuple[Cell, ...]] = [
        ("Subjects", count(len({one["subject"] for one in cases}))),
        ("Cases", count(len({one["id"] for one in cases}))),
        ("Images read", count(len(cases))),
    ]
    rows += [(f"Images of {size} mm voxels", count(n)) for size, n in sorted(resolutions.items())]
    rows += _group_rows(source)
    return Section(
        "Participants and reads",
        (Table("Images that were read.", columns("", "#n"), rows), who),
        parts=(exclusions(source),),
    )


def _reader_type(one: dict[str, object]) -> str:
    return {"rater": "rater", "model": "model version", "tool": "other tool", "accepted": "accepted in review"}.get(
        str(one["type"]), str(one["type"])
    )


def _group_rows(source: ReportSource) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for by in source.parameters["group_by"]:
        if by in OF_LABEL or by in ("resolution", "subject"):
            continue
        known = Counter(
            one["session"] if by == "session" else one["facts"].get(by, "not stated")
            for one in source.document["cases"]
        )
        rows += [(f"{by.capitalize()}: {value or 'none'}", count(n)) for value, n in sorted(known.items())]
    return rows


def exclusions(source: ReportSource) -> Section:
    """Every read that is missing, with its reason."""
    rows = [(one["case"], one["volume"], one["reader"], one["reason"]) for one in source.document["excluded"]]
    if not rows:
        return Section("Exclusions", (paragraph("No read is missing: every reader has read every image."),))
    caption = "Reads that are missing from the analysis, with the reason of each."
    note = (
        "An image enters every comparison for which its readings are there; an ICC uses the images that all of its "
        "readers have read."
    )
    return Section("Exclusions", (Table(caption, columns("Case", "Image", "Reader", "Reason"), rows, note),))
