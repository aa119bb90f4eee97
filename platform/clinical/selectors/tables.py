"""The clinical measures of a study as they are stored, and whether they still hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from access.errors import InvalidInput, NotFound
from access.models import Study, User
from annotation.models import LabelVersion
from annotation.selectors.visibility import studies_overseen
from clinical.models import Source, StudyMeasure, StudyMeasureValue
from clinical.selectors.case_inputs import read_labels
from clinical.selectors.plans import StudyInputs, meanings_of, measures_of_study
from measures.clinical.catalogue import CATALOGUE
from measures.clinical.table import MeasureTable
from measures.clinical.values import has_slices, quantities, slice_values
from mri.labels import LabelMap

# What a table or a volume holds by the hundred kilobytes and none of its numbers needs.
WIDE = (
    *(f"table__{name}" for name in ("columns", "rows", "findings", "notes", "details", "options")),
    *(f"table__volume__{name}" for name in ("entities", "affine", "gradients", "derivation")),
    *(f"table__label_version__{name}" for name in ("counts", "provenance")),
)
AUTHOR = ("volume_id", "measure", "source", "reader", "read")
TEXT_FILTERS = ("measure", "quantity", "side", "level", "variant", "item")


@dataclass(frozen=True)
class Standing:
    """How the stored measures of a study stand.

    Attributes
    ----------
    outdated : dict of UUID to str
        Id of a table to why it doesn't hold any more.
    missing : int
        Measures of label maps that were not computed yet.
    """

    outdated: dict[UUID, str]
    missing: int


def _newest(study: Study) -> QuerySet[StudyMeasure]:
    return StudyMeasure.objects.filter(study=study).order_by(*AUTHOR, "-created_at", "-pk").distinct(*AUTHOR)


def tables_of(study: Study) -> QuerySet[StudyMeasure]:
    """The newest table of each measure, volume and author."""
    return (
        StudyMeasure.objects.filter(pk__in=_newest(study).values("pk"))
        .select_related("volume__case__subject", "label_version")
        .order_by("measure", "volume__case__subject__label", "volume__case__session", "volume__name", "title", "pk")
    )


def table_get_for_user(user: User, table_id: UUID) -> StudyMeasure:
    """One table, whole.

    Raises
    ------
    NotFound
        If there is none in a study that the user oversees.
    """
    found = (
        StudyMeasure.objects.filter(pk=table_id, study__in=studies_overseen(user))
        .select_related("study", "volume__case__subject", "label_version")
        .first()
    )
    if found is None:
        raise NotFound("There is no such table of measures in a study that you oversee.")
    return found


def standing_of(study: Study, tables: Sequence[StudyMeasure] | None = None) -> Standing:
    """Tell which tables were computed from other inputs than there are now, and what was not computed.

    Parameters
    ----------
    study : Study
        The study.
    tables : sequence of StudyMeasure, optional
        The newest of each author; found where they are not given.
    """
    tables = list(tables_of(study)) if tables is None else tables
    now = StudyInputs(study)
    by_author = {(one.volume.pk, one.source.value, one.reader, one.read): one for one in now.sources}
    outdated: dict[UUID, str] = {}
    for table in tables:
        source = by_author.get((table.volume_id, table.source, table.reader, table.read))
        measure = CATALOGUE.get(table.measure)
        if source is None or measure is None or measure not in now.measures:
            outdated[table.pk] = "it is not handed in any more" if measure is not None else "the measure is gone"
            continue
        plan = now.plan(source, measure, table.options)
        if plan.key(now.meanings) != table.key:
            outdated[table.pk] = _why(table.inputs, plan.inputs())
    there = {(one.volume_id, one.source, one.reader, one.read, one.measure) for one in tables}
    wanted = {
        (plan.source.volume.pk, plan.source.source.value, plan.source.reader, plan.source.read, plan.measure.name)
        for plan in now.plans()
    }
    return Standing(outdated, len(wanted - there))


def _why(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    if then.get("labels") != now["labels"]:
        return "a later label version is there"
    for part, word in (("maps", "label map"), ("masks", "mask"), ("images", "image"), ("points", "point")):
        before, after = then.get(part, {}), now[part]
        changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
        if changed:
            return f"the {word} {changed[0]} changed"
    return "the participant's data changed" if then.get("options") != now["options"] else "the definitions changed"


@dataclass(frozen=True)
class ValueFilter:
    """Which values are wanted; empty: all of them.

    Attributes
    ----------
    measure, quantity, side, level, variant, item : str
        As stored.
    source, reader : str
        Kind of author; rater's or tool's name, id of a model version.
    read, label : int or None
        Read of a rater; a label's value.
    case : UUID or None
        Id of a case.
    sort : str
        ``value`` or ``-value``; empty for measure, case, author and place.
    """

    measure: str = ""
    quantity: str = ""
    side: str = ""
    level: str = ""
    variant: str = ""
    item: str = ""
    source: str = ""
    reader: str = ""
    read: int | None = None
    label: int | None = None
    case: UUID | None = None
    sort: str = ""


def value_filter_from(query: Mapping[str, str]) -> ValueFilter:
    """Read the parameters of an address.

    Raises
    ------
    InvalidInput
        Where one can't be what it should.
    """
    numbers: dict[str, int | None] = {}
    for name in ("read", "label"):
        text = query.get(name) or ""
        if text and not text.isdecimal():
            raise InvalidInput(f"{name} is a whole number; '{text}' came.", {name: ["A whole number."]})
        numbers[name] = int(text) if text else None
    source, sort = query.get("source") or "", query.get("sort") or ""
    if source and source not in Source.values:
        raise InvalidInput(f"source is one of {', '.join(Source.values)}; '{source}' came.", {"source": ["Unknown."]})
    if sort not in ("", "value", "-value"):
        raise InvalidInput(f"sort is value or -value; '{sort}' came.", {"sort": ["Unknown."]})
    try:
        case = UUID(query["case"]) if query.get("case") else None
    except ValueError as error:
        raise InvalidInput(f"case is the id of a case; '{query['case']}' came.", {"case": ["No id."]}) from error
    texts = {name: query.get(name) or "" for name in (*TEXT_FILTERS, "reader")}
    return ValueFilter(**texts, source=source, sort=sort, case=case, read=numbers["read"], label=numbers["label"])


def _values(study: Study) -> QuerySet[StudyMeasureValue]:
    # The ids are fetched first: nested in one query, a planner without fresh statistics looks for the newest tables
    # anew for each value, which takes minutes where there are some hundreds of tables.
    return StudyMeasureValue.objects.filter(table__in=list(_newest(study).values_list("pk", flat=True)))


def values_of(study: Study, wanted: ValueFilter) -> QuerySet[StudyMeasureValue]:
    """The values of a study's newest tables that a filter lets through; undefined ones come last when sorted."""
    joined = ("table__volume__case__subject", "table__label_version")
    rows = _values(study).select_related(*joined).defer(*WIDE)
    for name in TEXT_FILTERS:
        if text := getattr(wanted, name):
            rows = rows.filter(**{"table__measure" if name == "measure" else name: text})
    conditions = {
        "table__source": wanted.source,
        "table__reader": wanted.reader,
        "table__read": wanted.read,
        "label": wanted.label,
        "table__volume__case": wanted.case,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value not in ("", None)})
    case = ("table__volume__case__subject__label", "table__volume__case__session", "table__volume__name")
    order = ("table__measure", *case, "table__title", "table", "place")
    if not wanted.sort:
        return rows.order_by(*order)
    by = F("value").desc(nulls_last=True) if wanted.sort.startswith("-") else F("value").asc(nulls_last=True)
    return rows.order_by(by, *order)


@dataclass(frozen=True)
class SliceValue:
    """A number of a single slice: `slice` counts as the table does, `value` is not stored by itself."""

    slice: int
    value: StudyMeasureValue


def slice_values_of(study: Study, wanted: ValueFilter) -> Iterator[SliceValue]:
    """The numbers of single slices in a study's newest tables that a filter lets through, table by table."""
    conditions = {
        "measure": wanted.measure,
        "source": wanted.source,
        "reader": wanted.reader,
        "read": wanted.read,
        "volume__case": wanted.case,
    }
    chosen = {name: value for name, value in conditions.items() if value not in ("", None)}
    meanings = meanings_of(study)
    with_slices = [one.name for one in measures_of_study(study) if has_slices(one.name)]
    for table in tables_of(study).filter(measure__in=with_slices, **chosen).iterator(chunk_size=20):
        units = {one.name: one.unit for one in quantities(table.measure)}
        for number, one in slice_values(table.measure, MeasureTable.rows_from_json(table.rows), meanings):
            value = StudyMeasureValue(
                table=table,
                quantity=one.quantity,
                unit=units[one.quantity],
                item=one.item,
                label=one.label,
                side=one.side,
                level=one.level,
                variant=one.variant,
                value=one.measure.value,
                undefined=one.measure.undefined or "",
            )
            if _lets_through(wanted, value):
                yield SliceValue(number, value)


def _lets_through(wanted: ValueFilter, value: StudyMeasureValue) -> bool:
    texts = [name for name in TEXT_FILTERS if name != "measure" and getattr(wanted, name)]
    same = all(getattr(value, name) == getattr(wanted, name) for name in texts)
    return same and wanted.label in (None, value.label)


def choices_of(study: Study) -> dict[str, list[Any]]:
    """What the values of a study can be told apart by: every value that occurs, by filter."""
    rows = _values(study).order_by()
    found: dict[str, list[Any]] = {}
    for name in ("level", "side", "variant"):
        found[name] = sorted(rows.exclude(**{name: ""}).values_list(name, flat=True).distinct())
    labels = {label for label in rows.values_list("label", flat=True).distinct() if label is not None}
    names = {int(one["value"]): str(one["name"]) for one in study.protocol["labels"]}
    found["label"] = [{"value": value, "name": names.get(value, str(value))} for value in sorted(labels)]
    authors = tables_of(study).order_by().values_list("source", "reader", "read", "title").distinct()
    found["author"] = [
        {"source": source, "reader": reader, "read": read, "title": title}
        for source, reader, read, title in sorted(authors)
    ]
    return found


def variants_of(study: Study) -> dict[str, list[str]]:
    """The variants that occur, by measure."""
    rows = _values(study).exclude(variant="").order_by()
    found: dict[str, list[str]] = {}
    for measure, variant in sorted(rows.values_list("table__measure", "variant").distinct()):
        found.setdefault(measure, []).append(variant)
    return found


def value_get_for_user(user: User, table_id: UUID, place: int) -> StudyMeasureValue:
    """One value by its table and its place in it.

    Raises
    ------
    NotFound
        If there is none in a study that the user oversees.
    """
    found = (
        StudyMeasureValue.objects.filter(table__pk=table_id, place=place, table__study__in=studies_overseen(user))
        .select_related("table__study", "table__volume__case__subject", "table__label_version")
        .first()
    )
    if found is None:
        raise NotFound("There is no such value of a measure in a study that you oversee.")
    return found


def table_voxels(table: StudyMeasure) -> LabelMap:
    """The label map that a table was read off; a consensus is made again from its versions.

    Raises
    ------
    NotFound
        If a version of it is gone.
    """
    ids = [one["version"] for one in table.inputs["labels"]]
    there = {str(one.pk): one for one in LabelVersion.objects.filter(pk__in=ids).select_related("volume")}
    if len(there) < len(ids):
        raise NotFound("The label maps behind this table are gone.")
    return read_labels([there[one] for one in ids])
