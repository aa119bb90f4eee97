"""The statistics of an analysis, part by part, by as many workers as there are; and putting the answer together."""

import gzip
import json
from dataclasses import dataclass

from django.db import transaction

from blobs.services import blob_put_bytes
from jobs.provenance import code_version
from results.canonical import canonical_json
from results.document import DocumentInputs, answer_of
from results.models import Analysis, AnalysisPart
from results.parameters import Parameters
from results.selectors.analyses import parameters_of
from results.selectors.contents import document_inputs
from results.statistics.parts import Statistics

DOCUMENT_LEVEL = 6


@dataclass(frozen=True)
class Summing:
    """What a worker has at hand to compute parts of an analysis' statistics: read once per worker, not per part."""

    analysis: Analysis
    parameters: Parameters
    given: DocumentInputs
    statistics: Statistics


def summing_of(analysis: Analysis) -> Summing:
    """Read what was found on the volumes; all of them must be done."""
    parameters = parameters_of(analysis)
    given = document_inputs(analysis, parameters)
    return Summing(analysis, parameters, given, Statistics(given.volumes, given.labels, parameters))


def parts_prepare(*, summing: Summing) -> None:
    """Make the parts that are to be computed; those that an earlier attempt has done stay."""
    AnalysisPart.objects.bulk_create(
        [AnalysisPart(analysis=summing.analysis, position=n) for n in range(len(summing.statistics.parts))],
        ignore_conflicts=True,
    )


def parts_left(analysis: Analysis) -> tuple[int, int]:
    """How many parts are done, and how many there are."""
    rows = AnalysisPart.objects.filter(analysis=analysis)
    return rows.filter(done=True).count(), rows.count()


@transaction.atomic
def part_compute_next(*, summing: Summing) -> bool:
    """Compute one part that nobody else is at, under its row's lock.

    Returns
    -------
    bool
        False where every part is done or in another worker's hands.
    """
    row = (
        AnalysisPart.objects.select_for_update(skip_locked=True)
        .filter(analysis=summing.analysis, done=False)
        .order_by("position")
        .first()
    )
    if row is None:
        return False
    row.found = canonical_json(summing.statistics.parts[row.position].compute()).decode()
    row.done = True
    row.save(update_fields=["found", "done"])
    return True


@transaction.atomic
def analysis_finish(*, summing: Summing) -> int:
    """Put the answer together from the parts and store it; the parts are not kept.

    Returns
    -------
    int
        How many rows it has.
    """
    analysis = summing.analysis
    parts = AnalysisPart.objects.filter(analysis=analysis).order_by("position")
    found = [json.loads(text) for text in parts.values_list("found", flat=True)]
    answer = answer_of(summing.given, summing.parameters, summing.statistics, found)
    # No time in the gzip header: the same answer is the same file.
    analysis.document = blob_put_bytes(gzip.compress(canonical_json(answer.document), DOCUMENT_LEVEL, mtime=0))
    analysis.summary = answer.summary
    analysis.code_version = code_version()
    analysis.save(update_fields=["document", "summary", "code_version"])
    parts.delete()
    return int(answer.document["rows"]["count"])
