"""Versions beside each other, what the gate says of one, and the history of what served."""

from collections import defaultdict
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from access.errors import InvalidInput, NotFound
from access.models import Study, User
from annotation.models import Volume
from models_app.gate import FIRST, MARGIN, Verdict, judge
from models_app.models import ModelExport, ModelTransition, ModelVersion, ProposalRequest, ScoredCase
from models_app.paired_scores import Excluded, PairedTable, ScorePair
from models_app.selectors import model_version_list, model_version_serving, protocol_of, studies_readable
from models_app.selectors.scores import Scope, references, score_row, subjects_seen
from models_app.serving_history import served_stack


@dataclass(frozen=True)
class _Side:
    """A version in a comparison: its scored cases by volume and label version, oldest first, and whom it has seen."""

    name: str
    rows: dict[UUID, dict[UUID, ScoredCase]]
    seen: dict[str, str]


def paired_table(first: ModelVersion, second: ModelVersion, scope: Scope = "test") -> PairedTable:
    """What two versions of a study can be compared on, and what not.

    A case is compared where both were scored against one label version (the accepted one where both know it, else the
    newest) and neither learned from its subject.

    Parameters
    ----------
    first, second : ModelVersion
        Of one study.
    scope : {"test", "all"}
        The frozen test set, or all that was scored.
    """
    sides = [_side(version, scope) for version in (first, second)]
    accepted = {sample.volume.pk: sample for sample in references(first.study, first, scope)}
    volumes: dict[UUID, Volume] = {}
    if scope == "test":
        volumes |= {key: sample.volume for key, sample in accepted.items()}
    for side in sides:
        volumes |= {key: row.volume for key, rows in side.rows.items() for row in rows.values()}
    pairs, leaked, unpaired = [], [], []
    for key, volume in sorted(volumes.items(), key=lambda item: (item[1].case.subject.label, item[1].name)):
        subject = volume.case.subject.label
        how = [f"{side.name} has its subject {side.seen[subject]}" for side in sides if subject in side.seen]
        wanted = accepted[key].version.pk if key in accepted else None
        common = _common(sides, key, wanted)
        if how:
            leaked.append(Excluded(volume.case.name, volume.name, "; ".join(how)))
        elif common is None:
            unpaired.append(Excluded(volume.case.name, volume.name, _why_unpaired(sides, key)))
        else:
            pairs.append(ScorePair(*(score_row(side.rows[key][common]) for side in sides)))
    return PairedTable(tuple(pairs), tuple(leaked), tuple(unpaired))


def _side(version: ModelVersion, scope: Scope) -> _Side:
    scored = ScoredCase.objects.filter(model_version=version).select_related("volume__case__subject")
    if scope == "test":
        scored = scored.filter(volume__case__subject__in_test_set=True)
    rows: dict[UUID, dict[UUID, ScoredCase]] = defaultdict(dict)
    for row in scored.order_by("created_at", "pk"):
        rows[row.volume_id][row.reference_id] = row
    return _Side(f"v{version.number}", rows, subjects_seen(version))


def _common(sides: list[_Side], volume: UUID, wanted: UUID | None) -> UUID | None:
    first, second = (side.rows.get(volume, {}) for side in sides)
    common = [reference for reference in first if reference in second]
    if wanted in common:
        return wanted
    return common[-1] if common else None


def _why_unpaired(sides: list[_Side], volume: UUID) -> str:
    without = [side.name for side in sides if volume not in side.rows]
    if not without:
        return "they were held against different labels"
    return f"{' and '.join(without)} {'was' if len(without) == 1 else 'were'} not scored on it"


def gate_verdict(version: ModelVersion) -> Verdict:
    """What the gate says of a version against the one that serves now."""
    serving = model_version_serving(version.study)
    protocol = protocol_of(version.study)
    margin = protocol.gate.margin if protocol.gate is not None else MARGIN
    if serving is None or serving.pk == version.pk:
        return replace(FIRST, margin=margin)
    names = {label.value: label.name for label in protocol.labels}
    return judge(paired_table(version, serving), names, margin)


def transition_list(study: Study) -> QuerySet[ModelTransition]:
    """The history of what served in a study, newest first."""
    return ModelTransition.objects.filter(study=study).select_related("version__study", "before__study", "by")


def served_before(study: Study) -> ModelVersion | None:
    """The version that a roll-back goes to: the one that served before the one that serves, or served last."""
    steps = ModelTransition.objects.filter(study=study).order_by("at", "pk").values_list("kind", "version_id")
    stack = served_stack(steps)
    serving = model_version_serving(study)
    if serving is not None and stack and stack[-1] == serving.pk:
        stack.pop()
    return model_version_list(study).get(pk=stack[-1]) if stack else None


def model_version_of(study: Study, version_id: UUID, field: str) -> ModelVersion:
    """One version of a study.

    Raises
    ------
    InvalidInput
        If the study has none of that id, naming the field that asked for it.
    """
    version = model_version_list(study).filter(pk=version_id).first()
    if version is None:
        words = "The study has no such model version."
        raise InvalidInput(words, {field: [words]})
    return version


def proposal_request_list(user: User, job_id: UUID) -> QuerySet[ProposalRequest]:
    """What became of each image of a bulk of proposals.

    Raises
    ------
    NotFound
        If there is no such job that makes proposals, or the user may not see it.
    """
    rows = ProposalRequest.objects.filter(job=job_id, job__study__in=studies_readable(user))
    if not rows.exists():
        raise NotFound("There is no such job that makes proposals.")
    return rows.select_related("volume__case__subject", "model_version__study", "proposal").order_by("place")


def export_list(version: ModelVersion) -> QuerySet[ModelExport]:
    """The files that were made of a version, newest first."""
    return ModelExport.objects.filter(model_version=version).select_related("job__study", "job__created_by", "file")


def export_get_for_user(user: User, export_id: UUID) -> ModelExport:
    """One file of a version.

    Raises
    ------
    NotFound
        If there is none that the user may see.
    """
    export = (
        ModelExport.objects.filter(pk=export_id, model_version__study__in=studies_readable(user))
        .select_related("model_version__study")
        .first()
    )
    if export is None:
        raise NotFound("There is no such file of a model version.")
    return export
