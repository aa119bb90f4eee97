"""What an analysis holds: its rows, and what its document is made of."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from annotation.models import LabelVersion
from protocols.loader import from_json
from results.document import CaseFacts, DocumentInputs, InputFacts, VolumeFound
from results.models import Analysis, AnalysisInput, AnalysisVolume
from results.parameters import Parameters
from results.selectors.analyses import parameters_of
from results.selectors.readings import model_names
from results.volume_reading import label_facts


def document_inputs(analysis: Analysis, parameters: Parameters) -> DocumentInputs:
    """Everything that the document of an analysis is computed from."""
    study = analysis.study
    names = model_names(study, parameters.readers)
    return DocumentInputs(
        study={"slug": study.slug, "protocol": study.protocol_name, "protocol_version": study.protocol_version},
        code_version=analysis.code_version,
        reader_titles=tuple(reader.describe(names) for reader in parameters.readers),
        labels=label_facts(study.protocol, parameters.labels),
        volumes=tuple(_volumes(analysis)),
        inputs=tuple(_inputs(analysis)),
        excluded=tuple(analysis.excluded),
        published=tuple(study.protocol.get("published", ())),
    )


def _volumes(analysis: Analysis) -> Iterator[VolumeFound]:
    rows = AnalysisVolume.objects.filter(analysis=analysis).select_related("volume__case__subject").order_by("position")
    for row in rows.iterator(chunk_size=50):
        volume, case = row.volume, row.volume.case
        facts = {str(key): str(value) for key, value in case.subject.attributes.items() if value not in (None, "")}
        yield VolumeFound(
            case=CaseFacts(str(case.pk), case.name, case.subject.label, case.session, facts),
            volume=str(volume.pk),
            name=volume.name,
            spacing_mm=tuple(float(size) for size in volume.spacing_mm),
            rows=row.rows,
            readings=row.readings,
            overall=row.overall,
        )


def _inputs(analysis: Analysis) -> Iterator[InputFacts]:
    rows = AnalysisInput.objects.filter(analysis=analysis).order_by("label_version__volume_id", "reader")
    for volume, reader, version, sha256 in rows.values_list(
        "label_version__volume_id", "reader", "label_version_id", "label_version__voxels_id"
    ):
        yield InputFacts(str(volume), reader, str(version), sha256)


def versions_by_place(analysis: Analysis) -> dict[tuple[str, int], str]:
    """The id of the label version that an analysis read, by volume and reader."""
    return {(one.volume, one.reader): one.label_version for one in _inputs(analysis)}


WIDE_OF_VOLUMES = tuple(f"volume__{name}" for name in ("entities", "affine", "gradients", "derivation"))
"""What a volume holds by the kilobyte and no row of an analysis needs."""


def _volumes_with(analysis: Analysis, part: str) -> QuerySet[AnalysisVolume]:
    """The volumes of an analysis in their order, of what was found on them one part alone: rows or readings."""
    others = {"rows", "readings", "overall"} - {part}
    found = AnalysisVolume.objects.filter(analysis=analysis).select_related("volume__case__subject")
    return found.defer(*others, *WIDE_OF_VOLUMES, "volume__case__subject__attributes").order_by("position")


def _with_place(entries: list[dict[str, Any]], one: AnalysisVolume, labels: dict[int, str]) -> list[dict[str, Any]]:
    """The entries of a volume with its case and names. They are filled in place: there may be tens of thousands."""
    case = one.volume.case
    place = {
        "case": {"id": str(case.pk), "name": case.name},
        "volume": str(one.volume_id),
        "volume_name": one.volume.name,
    }
    for entry in entries:
        entry |= place
        entry["label_name"] = labels.get(entry["label"]) or str(entry["label"])
    return entries


def _rows_json(
    rows: list[dict[str, Any]],
    one: AnalysisVolume,
    versions: dict[tuple[str, int], str],
    labels: dict[int, str],
    first: int,
) -> list[dict[str, Any]]:
    """Rows of a volume, from number ``first``: each with its case and the two label versions that it compares."""
    volume = str(one.volume_id)
    for number, row in enumerate(_with_place(rows, one, labels), start=first):
        a, b = row["reader_a"], row["reader_b"]
        row["number"] = number
        row["version_a"] = None if a is None else versions[volume, a]
        row["version_b"] = versions[volume, b]
    return rows


def rows_of(analysis: Analysis) -> list[dict[str, Any]]:
    """Every row of an analysis: volumes by case name, then pairs, then labels. `number` is its place here."""
    versions, labels = versions_by_place(analysis), label_names(analysis)
    found: list[dict[str, Any]] = []
    for one in _volumes_with(analysis, "rows"):
        found += _rows_json(one.rows, one, versions, labels, len(found))
    return found


def readings_of(analysis: Analysis) -> list[dict[str, Any]]:
    """Every measurement of every reading, in the same order of volumes, then by reader and label."""
    versions, labels = versions_by_place(analysis), label_names(analysis)
    found: list[dict[str, Any]] = []
    for one in _volumes_with(analysis, "readings"):
        for reading in _with_place(one.readings, one, labels):
            found.append(reading | {"version": versions[str(one.volume_id), reading["reader"]]})
    return found


def row_place(analysis: Analysis, number: int) -> tuple[AnalysisVolume, dict[str, Any]] | None:
    """The volume and the row of a number; None where an analysis has no such row."""
    first = 0
    counts = AnalysisVolume.objects.filter(analysis=analysis).order_by("position").values_list("pk", "row_count")
    for key, count in counts:
        if first <= number < first + count:
            one = AnalysisVolume.objects.select_related("volume__case__subject").get(pk=key)
            return one, one.rows[number - first]
        first += count
    return None


def row_detail(analysis: Analysis, number: int) -> dict[str, Any] | None:
    """A row with the addresses of its two label maps and of their disagreement; None where there is no such row."""
    place = row_place(analysis, number)
    if place is None:
        return None
    one, found = place
    total = sum(AnalysisVolume.objects.filter(analysis=analysis).values_list("row_count", flat=True))
    versions = versions_by_place(analysis)
    (whole,) = _rows_json([found], one, versions, label_names(analysis), number)
    here = f"/api/v1/analyses/{analysis.pk}/rows/{number}"
    parameters = parameters_of(analysis)
    names = model_names(analysis.study, parameters.readers)
    types = dict(
        LabelVersion.objects.filter(pk__in=[v for v in (whole["version_a"], whole["version_b"]) if v]).values_list(
            "pk", "voxel_type"
        )
    )

    def side(reader: int | None, version: str | None) -> dict[str, Any]:
        if reader is None or version is None:
            title, address, dtype = "consensus of the others", f"{here}/consensus", "uint16"
        else:
            title, address = parameters.readers[reader].describe(names), f"/api/v1/label-versions/{version}/voxels"
            dtype = types[UUID(version)]
        return {"title": title, "version": version, "voxels_url": address, "dtype": dtype}

    return {
        "row": whole,
        "a": side(whole["reader_a"], whole["version_a"]),
        "b": side(whole["reader_b"], whole["version_b"]),
        "disagreement_url": f"{here}/disagreement",
        "previous": number - 1 if number > 0 else None,
        "next": number + 1 if number + 1 < total else None,
        "hanging": from_json(analysis.study.protocol),
    }


def label_names(analysis: Analysis) -> dict[int, str]:
    """The names of the protocol's labels."""
    return {one.value: one.name for one in label_facts(analysis.study.protocol)}
