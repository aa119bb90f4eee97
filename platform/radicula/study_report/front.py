"""What stands first: what was run, on what, how long it took, and what no number here can say."""

from radicula.study_report.source import StudySource
from results.reporting.blocks import Block, Bullets, Section, Table, columns, paragraph
from results.reporting.numbers import Number, count


def what_was_run(source: StudySource) -> Section:
    """The study in sentences and one table."""
    counts = source.counts
    reference = f" ({source.protocol.reference})" if source.protocol.reference else ""
    blocks: list[Block] = [
        paragraph(
            f"The protocol “{source.protocol.title}”{reference}, version {source.protocol.version}, on ",
            count(counts["subjects"]),
            " subjects with ",
            count(counts["cases"]),
            " cases; ",
            count(counts["test"]),
            " subjects are the frozen test set, which no network was trained on.",
        )
    ]
    run = source.run
    if run is not None and run.remarks:
        blocks.append(Bullets(run.remarks))
    return Section("What was run", tuple(blocks))


def stages(source: StudySource) -> Section:
    """How long each step took."""
    if source.run is None or not source.run.stages:
        return Section("Time of each step")
    rows = [(title, Number(seconds, digits=1), said) for title, seconds, said in source.run.stages]
    total = sum(seconds for _, seconds, _ in source.run.stages)
    rows.append(("All", Number(total, digits=1), ""))
    table = Table(
        "Wall-clock time of each step, unattended.",
        columns("Step", "#Seconds", "What came of it"),
        rows,
        "Of the attempt that finished the step; the machine may have had other work.",
    )
    return Section("Time of each step", (table,))


def provenance(source: StudySource) -> Section:
    """What every number comes from."""
    rows = [
        (f"Analysis: {analysis.kind_title}", analysis.document_sha256[:16], analysis.document["code_version"])
        for analysis in source.analyses.values()
    ]
    rows += [(f"Network: {one.name} ({one.title})", one.weights[:16], one.run.code_version) for one in source.networks]
    note = (
        "SHA-256 of the stored document and of the weights, the first 16 digits. The study keeps every label map, "
        "analysis and table of measures with its inputs."
    )
    return Section("Provenance", (Table("What was computed.", columns("What", "$Hash", "Code"), rows, note),))
