"""Handing a model version on as a file, and taking one in."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from blobs.services import blob_path, blob_put_bytes, blob_put_file
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from models_app.architectures import architecture_get
from models_app.model_file import (
    CARD,
    FORMAT,
    FORMAT_VERSION,
    ModelFile,
    ModelFileRefused,
    label_problem,
    model_file_read,
)
from models_app.model_file import trained_on as images_learned_from
from models_app.models import ExportFormat, ModelExport, ModelVersion, Split, TrainingCase
from models_app.selectors import protocol_of
from models_app.selectors.cards import data_facts
from models_app.selectors.scores import lineage
from models_app.services.versions import next_number
from models_app.specification import Specification

EXPORT_KIND = "model-export"
IMPORT_KIND = "model-import"

SUFFIXES = {
    ExportFormat.RADICULA: ".radicula.zip",
    ExportFormat.MONAI_BUNDLE: ".monai-bundle.zip",
    ExportFormat.TORCHSCRIPT: ".ts",
}


@transaction.atomic
def export_start(*, version: ModelVersion, format: ExportFormat, by: User | None) -> ModelExport:
    """Queue the making of a version's file; one that is made or being made as it is now is given back.

    Raises
    ------
    Conflict
        If the architecture can't be written in that format.
    """
    problem = format_problem(version, format)
    if problem:
        raise Conflict(problem)
    # Held until the transaction ends: two clicks at once must not make two.
    ModelVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    live = ModelExport.objects.filter(model_version=version, format=format, job__state__in=LIVE_STATES).first()
    if live is not None:
        return live
    title = f"Export {version.name} as {ExportFormat(format).label}"
    job = job_create(
        study=version.study,
        kind=EXPORT_KIND,
        title=title,
        queue=Queue.ENGINE,
        parameters={"model_version": str(version.pk), "format": str(format)},
        by=by,
    )
    name = f"{version.study.slug}-v{version.number}-{version.architecture}{SUFFIXES[ExportFormat(format)]}"
    return ModelExport.objects.create(model_version=version, job=job, format=format, name=name)


def format_problem(version: ModelVersion, format: ExportFormat) -> str:
    """Why a version can't be written in a format, in words; empty where it can."""
    architecture = architecture_get(version.architecture)
    if format == ExportFormat.RADICULA:
        return ""
    if architecture.localises:
        return (
            f"{version.name} is a cascade: two networks, with a crop between them that neither TorchScript nor a MONAI "
            "bundle of one network holds. Export it as a Radicula file."
        )
    if architecture.plans_itself and format == ExportFormat.MONAI_BUNDLE:
        return (
            f"{version.name} is prepared and resampled by nnU-Net's own code, which a MONAI bundle does not hold. "
            "Export it as TorchScript (the bare network) or as a Radicula file."
        )
    return ""


@transaction.atomic
def export_keep(*, export: ModelExport, file: Path) -> ModelExport:
    """Keep the file that was made."""
    export.file = blob_put_file(file)
    export.save(update_fields=["file"])
    version = export.model_version
    event_record(
        study=version.study,
        actor=export.job.created_by,
        verb="model.exported",
        subject=version,
        detail={"name": version.name, "format": export.format, "sha256": export.file_id},
    )
    return export


def manifest_of(version: ModelVersion, weights: Mapping[str, Any], card: str) -> str:
    """The manifest of a version's file, as JSON.

    It names neither subjects nor people: training images are given by their hash, by which they are found again.

    Parameters
    ----------
    version : ModelVersion
        Which.
    weights : mapping
        `file`, `sha256`, `bytes`.
    card : str
        The model card.
    """
    protocol = protocol_of(version.study)
    values = Specification.from_json(version.specification).label_values
    run = version.training_run
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "name": version.name,
        "architecture": version.architecture,
        "specification": version.specification,
        "labels": [{"value": label.value, "name": label.name} for label in protocol.labels if label.value in values],
        "weights": dict(weights),
        "stored_weights_sha256": version.weights_id,
        "card": {"file": CARD, "characters": len(card)},
        "scores": version.scores,
        "overall": version.overall,
        "latency": version.latency,
        "intended_use": version.intended_use,
        "limits": version.limits,
        "data": data_facts(version),
        "trained_on": trained_on(version),
        "study": {"name": version.study.name, "protocol": protocol.name, "protocol_version": protocol.version},
        "made_at": version.created_at.isoformat(),
        "made_by_code": run.code_version if run is not None else None,
        "libraries": run.libraries if run is not None else {},
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        "exported_by_code": code_version(),
    }
    return json.dumps(manifest, indent=1, sort_keys=True)


def trained_on(version: ModelVersion) -> list[str]:
    """The hashes of the images that a version, or one that it came from, learned from."""
    hashes: set[str] = set()
    for one in lineage(version):
        cases = TrainingCase.objects.filter(run=one.training_run_id, split__in=(Split.TRAIN, Split.VALIDATION))
        hashes.update(cases.values_list("label_version__volume__original_id", flat=True))
        hashes.update((one.origin or {}).get("trained_on", []))
    return sorted(hashes)


def import_start(*, study: Study, by: User, upload: BinaryIO, filename: str) -> Job:
    """Look at an uploaded model file and queue its import.

    All that needs no torch is checked here, so that the person hears of it at once.

    Raises
    ------
    InvalidInput
        If the file is refused, or its labels are not those of the study's protocol.
    """
    blob = blob_put_file(upload)
    name = PurePosixPath(filename.replace("\\", "/")).name[:150]
    with tempfile.TemporaryDirectory(prefix="radicula-model-") as folder:
        try:
            model_file_checked(study, blob_path(blob.sha256), Path(folder) / "file")
        except ModelFileRefused as error:
            raise InvalidInput(str(error), {"file": [str(error)]}) from error
    with transaction.atomic():
        return job_create(
            study=study,
            kind=IMPORT_KIND,
            title=f"Import the model {name}",
            queue=Queue.ENGINE,
            parameters={"file": blob.sha256, "filename": name},
            by=by,
        )


def model_file_checked(study: Study, path: Path, folder: Path) -> ModelFile:
    """Read a model file and hold its labels against a study's protocol.

    Raises
    ------
    ModelFileRefused
        If the file is refused, or a label of it has another name or none in the protocol.
    """
    found = model_file_read(path, folder)
    protocol = protocol_of(study)
    problem = label_problem(found, {label.value: label.name for label in protocol.labels})
    if problem:
        raise ModelFileRefused(problem)
    strangers = [role for role in found.specification.roles if protocol.role(role) is None]
    if strangers:
        known = ", ".join(role.name for role in protocol.volumes)
        raise ModelFileRefused(f"The model takes {strangers[0]}, and the study's protocol has {known} only.")
    return found


def imported_version_create(
    *, study: Study, job: Job, found: ModelFile, weights: bytes, file_sha256: str, filename: str
) -> ModelVersion:
    """Keep a version that came from a file: a candidate, with what the file said of it, and no scores yet."""
    blob = blob_put_bytes(weights)
    manifest = found.manifest
    with transaction.atomic():
        version = ModelVersion.objects.create(
            study=study,
            number=next_number(study),
            architecture=found.specification.architecture,
            specification=found.specification.to_json(),
            weights=blob,
            intended_use=_text(manifest.get("intended_use")),
            limits=_text(manifest.get("limits")),
            origin={
                "file": filename,
                "file_sha256": file_sha256,
                "name": _text(manifest.get("name"))[:200],
                "study": _plain(manifest.get("study")),
                "data": {key: _text(value)[:500] for key, value in list(_plain(manifest.get("data")).items())[:50]},
                "trained_on": images_learned_from(manifest),
                "scores": _plain(manifest.get("scores")),
                "made_at": _text(manifest.get("made_at"))[:40],
                "card": found.card,
            },
        )
        event_record(
            study=study,
            actor=job.created_by,
            verb="model.imported",
            subject=version,
            detail={"name": version.name, "file": filename, "sha256": file_sha256},
        )
    return ModelVersion.objects.select_related("study", "weights").get(pk=version.pk)


def _text(value: object) -> str:
    return str(value)[:10_000] if isinstance(value, str | int | float) else ""


def _plain(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}
