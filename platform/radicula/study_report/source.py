"""What the report of a study says, gathered once: analyses, clinical measures, networks, and both arms of tracts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet

from access.models import Study
from annotation.models import Case, Subject
from clinical.models import Source, StudyMeasureValue
from clinical.selectors.plans import measures_of_study
from clinical.selectors.tables import ValueFilter, values_of
from measures.clinical.values import quantities
from models_app.architecture_table import Candidate
from models_app.architectures import ARCHITECTURES
from models_app.models import ArchitectureComparison, ModelState, ModelVersion, TrainingRun
from models_app.selectors.architectures import (
    candidate_facts,
    comparison_list,
    comparison_scores,
    comparison_table,
)
from models_app.specification import Specification
from protocols import loader
from protocols.protocol import Protocol
from results.models import Analysis, AnalysisKind
from results.reporting.source import Json, ReportSource
from results.services.reports import report_source
from tracts.models import Tractogram
from tracts.selectors import Comparison, comparison_of_arms

SCALES = {"mm2/s": (1e3, "10⁻³ mm2/s")}
"""Units that are shown as the field writes them: factor and name."""

Author = tuple[str, str, int]
"""Kind, name and read: a rater's or tool's name, the id of a model version."""


@dataclass(frozen=True)
class Network:
    """A model version of the study.

    Attributes
    ----------
    id, name, title : str
        The version's id and name, and what the protocol calls the network.
    role : str
        The image that it labels.
    run : TrainingRun
        How it was trained.
    weights : str
        Hash of its weights.
    serving : bool
        Whether it proposes in this study.
    """

    id: str
    name: str
    title: str
    role: str
    run: TrainingRun
    weights: str
    serving: bool

    @property
    def steps(self) -> int:
        """Steps of the optimiser that were asked for."""
        settings = self.run.parameters["settings"]
        return int(settings["epochs"]) * int(settings["steps_per_epoch"])

    @property
    def seconds(self) -> float | None:
        """How long it trained, where that is known."""
        found = (self.run.outcome.get("seconds") or {}).get("training")
        return None if found is None else float(found)


@dataclass(frozen=True)
class ComparedArchitectures:
    """Candidates of the protocol that were trained on one split.

    Attributes
    ----------
    table : dict
        See :func:`models_app.architecture_table.architecture_table`.
    candidates : sequence of Candidate
        With their cases.
    reasons : mapping of str to str
        Candidate to why it has no numbers.
    """

    table: Json
    candidates: Sequence[Candidate]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Clinical:
    """A number of a clinical measure.

    Attributes
    ----------
    measure, quantity, item, variant, unit : str
        What it is; see :class:`measures.clinical.values.Value`. Diffusivities are in 10⁻³ mm2/s.
    case, subject, session : str
        Whose.
    facts : mapping
        The subject's row of participants.tsv.
    author : Author
        By whom it was drawn.
    value : float or None
        The number.
    undefined : str
        Why there is none.
    """

    measure: str
    quantity: str
    item: str
    variant: str
    unit: str
    case: str
    subject: str
    session: str
    facts: Mapping[str, str]
    author: Author
    value: float | None
    undefined: str


@dataclass(frozen=True)
class RunFacts:
    """What is to be said of a study that was run for its own sake.

    Attributes
    ----------
    size : str
        Its name.
    simulated : bool
        Whether images and raters are simulated.
    remarks : tuple of str
        What a reader must know before any number.
    stages : tuple of (str, float, str)
        Title, seconds and outcome.
    """

    size: str
    simulated: bool
    remarks: tuple[str, ...]
    stages: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class StudySource:
    """A study as its report sees it.

    Attributes
    ----------
    study : Study
        The study.
    protocol : Protocol
        As the study keeps it.
    analyses : mapping of str to ReportSource
        The newest with an answer, by kind.
    comparisons : sequence of ReportSource
        The newest comparison of models for each set of readers.
    architectures : sequence of ComparedArchitectures
        The newest comparison of each set of candidates.
    networks : sequence of Network
        Oldest first.
    clinical : sequence of Clinical
        Every number of its clinical measures.
    arms : tuple of Comparison
        Ratings and seconds of both arms of tractograms; empty without tractograms.
    tractograms : sequence of Tractogram
        All of them.
    run : RunFacts or None
        Of a re-run.
    """

    study: Study
    protocol: Protocol
    analyses: Mapping[str, ReportSource]
    comparisons: Sequence[ReportSource]
    architectures: Sequence[ComparedArchitectures]
    networks: Sequence[Network]
    clinical: Sequence[Clinical]
    arms: tuple[Comparison, ...] = ()
    tractograms: Sequence[Tractogram] = ()
    run: RunFacts | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def manual(self) -> Author | None:
        """The rater who is the manual arm: whom the models are held against, else the first by name."""
        against = self.analyses.get("human_model")
        first = against.document["readers"][0] if against is not None else None
        if first is not None and first["type"] == Source.RATER.value:
            return Source.RATER.value, str(first["name"]), 1
        raters = sorted({one.author for one in self.clinical if one.author[0] == Source.RATER.value})
        return raters[0] if raters else None

    @cached_property
    def defaults(self) -> list[Network]:
        """The networks that are the automatic arm: for each labelled image what serves, else the first trained."""
        first: dict[str, Network] = {}
        for one in sorted(self.networks, key=lambda one: not one.serving):
            first.setdefault(one.role, one)
        return [one for one in self.networks if first[one.role] is one]

    @cached_property
    def automatic(self) -> frozenset[Author]:
        """The authors of the automatic arm."""
        return frozenset((Source.MODEL.value, one.id, 1) for one in self.defaults)

    @cached_property
    def automatic_title(self) -> str:
        """What they are called."""
        return " and ".join(one.title for one in self.defaults)

    def network_title(self, version: str) -> str:
        """What the protocol calls the network of a model version."""
        return next((one.title for one in self.networks if one.id == version), version)

    def values(self, measure: str, quantity: str, **wanted: str) -> Iterator[Clinical]:
        """The numbers of a quantity; ``item`` and ``variant`` narrow them."""
        for one in self.clinical:
            of_quantity = one.measure == measure and one.quantity == quantity
            if of_quantity and all(getattr(one, name) == value for name, value in wanted.items()):
                yield one

    def by_hand(self, numbers: Sequence[Clinical]) -> dict[str, float | None]:
        """The numbers of the manual arm, by case."""
        return {one.case: one.value for one in numbers if one.author == self.manual}

    def by_network(self, numbers: Sequence[Clinical]) -> dict[str, float | None]:
        """The numbers of the automatic arm, by case; each image has one network in it."""
        return {one.case: one.value for one in numbers if one.author in self.automatic}


def study_source(study: Study, run: RunFacts | None = None) -> StudySource:
    """Gather what the report of a study says."""
    protocol = loader.from_json(study.protocol)
    tractograms = list(
        Tractogram.objects.filter(case__study=study)
        .select_related("case__subject", "label_version")
        .order_by("case__subject__label", "arm", "created_at")
    )
    return StudySource(
        study=study,
        protocol=protocol,
        analyses=_analyses(study),
        comparisons=_comparisons(study),
        architectures=_architectures(study),
        networks=_networks(study, protocol),
        clinical=list(_clinical(study)),
        arms=comparison_of_arms(study) if tractograms else (),
        tractograms=tractograms,
        run=run,
        counts={
            "subjects": Subject.objects.filter(study=study).count(),
            "cases": Case.objects.filter(study=study).count(),
            "test": Subject.objects.filter(study=study, in_test_set=True).count(),
        },
    )


def _analyses(study: Study) -> dict[str, ReportSource]:
    # From old to new: of each kind the newest stays.
    return {one.kind: report_source(one) for one in {one.kind: one for one in _done(study)}.values()}


def _comparisons(study: Study) -> list[ReportSource]:
    newest = {str(one.parameters["readers"]): one for one in _done(study).filter(kind=AnalysisKind.MODEL_MODEL)}
    return [report_source(one) for one in newest.values()]


def _architectures(study: Study) -> list[ComparedArchitectures]:
    # From old to new: of each set of candidates the newest stays.
    newest = {tuple(row.name for row in one.candidates.all()): one for one in reversed(list(comparison_list(study)))}
    return [_compared(one) for one in newest.values()]


def _compared(comparison: ArchitectureComparison) -> ComparedArchitectures:
    reasons = {facts.row.name: facts.reason for facts in candidate_facts(comparison) if facts.reason}
    return ComparedArchitectures(comparison_table(comparison), comparison_scores(comparison), reasons)


def _done(study: Study) -> QuerySet[Analysis]:
    done = Analysis.objects.filter(study=study, document__isnull=False)
    return done.select_related("study", "job").order_by("created_at", "pk")


def _networks(study: Study, protocol: Protocol) -> list[Network]:
    versions = ModelVersion.objects.filter(study=study).select_related("study", "training_run").order_by("number")
    return [
        Network(
            str(one.pk),
            one.name,
            _title(one, one.training_run, protocol),
            Specification.from_json(one.specification).grid_role,
            one.training_run,
            one.weights_id,
            one.state == ModelState.SERVING,
        )
        for one in versions
        if one.training_run is not None
    ]


def _title(version: ModelVersion, run: TrainingRun, protocol: Protocol) -> str:
    """What the protocol calls this network; where it has none like it, the architecture and what goes in."""
    settings = run.parameters["settings"]
    inputs = tuple(settings["inputs"])
    for model in protocol.models:
        same = (model.architecture, model.encoder, model.inputs or (protocol.primary_role.name,))
        if same == (version.architecture, settings["encoder"] if model.encoder else "", inputs):
            return model.title
    architecture = ARCHITECTURES.get(version.architecture)
    title = architecture.title.partition(",")[0] if architecture is not None else version.architecture
    return f"{title[:1].upper()}{title[1:]} on {' and '.join(inputs)}"


def _clinical(study: Study) -> Iterator[Clinical]:
    units = {
        (measure.name, one.name): one.unit for measure in measures_of_study(study) for one in quantities(measure.name)
    }
    rows = values_of(study, ValueFilter())
    for row in rows.iterator(chunk_size=2000):
        yield _number(row, units)


def _number(row: StudyMeasureValue, units: Mapping[tuple[str, str], str]) -> Clinical:
    table = row.table
    case = table.volume.case
    unit = row.unit or units.get((table.measure, row.quantity), "")
    scale, shown = SCALES.get(unit, (1.0, unit))
    return Clinical(
        measure=table.measure,
        quantity=row.quantity,
        item=row.item if not row.level or row.level in row.item else f"{row.item} at {row.level}",
        variant=row.variant,
        unit=shown,
        case=case.name,
        subject=case.subject.label,
        session=case.session,
        facts={str(key): str(value) for key, value in case.subject.attributes.items()},
        author=(table.source, table.reader, table.read),
        value=None if row.value is None else row.value * scale,
        undefined=row.undefined,
    )
