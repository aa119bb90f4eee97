"""What the card of a version tells, gathered from its rows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from models_app.architectures import ARCHITECTURES
from models_app.model_card import CardFacts, card
from models_app.models import ModelTransition, ModelVersion, Split, TransitionKind
from models_app.score_table import by_site, site_of
from models_app.selectors import protocol_of
from models_app.selectors.scores import score_table
from models_app.specification import Specification

SETTINGS = ("epochs", "batch_size", "steps_per_epoch", "learning_rate", "precision")


def version_card(version: ModelVersion) -> str:
    """The model card of a version, in Markdown."""
    protocol = protocol_of(version.study)
    specification = Specification.from_json(version.specification)
    names = {label.value: label.name for label in protocol.labels}
    architecture = ARCHITECTURES.get(version.architecture)
    return card(
        CardFacts(
            name=version.name,
            architecture=architecture.title if architecture is not None else version.architecture,
            study=version.study.name,
            protocol=f"{protocol.title} (version {protocol.version})",
            inputs=[
                f"{role} ({kind})" for role, kind in zip(specification.roles, specification.normalisations, strict=True)
            ],
            grid=_grid(specification),
            labels={value: names.get(value, str(value)) for value in specification.label_values},
            left_out=[names.get(value, str(value)) for value in specification.left_out],
            intended_use=version.intended_use,
            limits=version.limits,
            data=_data(version),
            scores=version.scores,
            overall=version.overall,
            sites=by_site(score_table(version).honest, specification.label_values),
            latency=version.latency,
            provenance=_provenance(version, f"{protocol.name} {protocol.version}"),
            history=_history(version),
        )
    )


def _grid(one: Specification) -> str:
    sides = " x ".join(f"{mm:g}" if mm else "own" for mm in one.spacing_mm)
    return f"{sides} mm, patches of {' x '.join(str(side) for side in one.patch)} voxels"


def _data(version: ModelVersion) -> list[tuple[str, str]]:
    if version.training_run is None:
        origin = version.origin or {}
        told = [(str(name), str(value)) for name, value in (origin.get("data") or {}).items()]
        return [("came from a file", str(origin.get("file", ""))), *told]
    rows = list(version.training_run.cases.select_related("subject", "label_version"))
    by_split = {split: {row.subject.label for row in rows if row.split == split} for split in Split}
    sites = Counter(site_of(row.subject.attributes) or "not named" for row in rows if row.split == Split.TRAIN)
    authors = sorted({row.label_version.author_name for row in rows if row.split == Split.TRAIN})
    settings = version.training_run.parameters.get("settings", {})
    return [
        ("training", _subjects(by_split[Split.TRAIN], sum(row.split == Split.TRAIN for row in rows))),
        ("validation", _subjects(by_split[Split.VALIDATION], sum(row.split == Split.VALIDATION for row in rows))),
        ("sites of training images", ", ".join(f"{site} ({n})" for site, n in sorted(sites.items())) or "–"),
        ("labels drawn by", f"{len(authors)} rater{'s' if len(authors) != 1 else ''}"),
        ("began from", version.parent.name if version.parent is not None else "fresh weights"),
        *((name.replace("_", " "), str(settings[name])) for name in SETTINGS if name in settings),
    ]


def _subjects(subjects: set[str], images: int) -> str:
    return f"{images} image{'s' if images != 1 else ''} of {len(subjects)} subject{'s' if len(subjects) != 1 else ''}"


def data_facts(version: ModelVersion) -> dict[str, str]:
    """What it learned from, as a file carries it on: numbers and sites, no names of people or subjects."""
    return dict(_data(version))


def _provenance(version: ModelVersion, protocol: str) -> list[tuple[str, str]]:
    run = version.training_run
    told: list[tuple[str, Any]] = [
        ("study", version.study.name),
        ("protocol", protocol),
        ("made", f"{version.created_at:%Y-%m-%d %H:%M} UTC"),
        ("weights (SHA-256)", version.weights_id),
        ("size", f"{version.weights.size_bytes:,} bytes"),
    ]
    if run is not None:
        told += [
            ("training run", run.pk),
            ("seed", run.seed),
            ("code", run.code_version),
            ("hardware", run.hardware or "–"),
            ("libraries", ", ".join(f"{name} {one}" for name, one in sorted(run.libraries.items())) or "–"),
        ]
    if version.origin:
        origin = version.origin
        told += [("file (SHA-256)", origin.get("file_sha256", "")), ("exported as", origin.get("name", ""))]
    return [(name, str(value)) for name, value in told]


def _history(version: ModelVersion) -> Sequence[str]:
    steps = ModelTransition.objects.filter(version=version).order_by("at")
    return [
        f"{step.at:%Y-%m-%d %H:%M} UTC: {TransitionKind(step.kind).label}"
        + (f", because: {step.reason}" if step.reason else "")
        for step in steps
    ]
