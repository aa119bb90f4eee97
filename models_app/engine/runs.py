"""A training run from its frozen rows to a model version, or to the table of a cross-validation."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from annotation.selectors.labels import label_voxels
from jobs.provenance import code_version
from jobs.running import JobCancelled, JobFailed, JobRun
from models_app.engine.app import RadiculaApp
from models_app.engine.checkpoints import folder_clear, run_folder
from models_app.engine.clicked import labels_clicked
from models_app.engine.files import input_files
from models_app.engine.hardware import hardware_describe, library_versions
from models_app.engine.networks import network_build
from models_app.engine.plan import EpochReport, Learned
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.scoring import CaseScore, case_score
from models_app.engine.training import plan_of
from models_app.engine.weights import weights_dump
from models_app.models import ModelVersion, Split, TrainingCase, TrainingEpoch, TrainingRun
from models_app.score_table import ScoreRow, site_of, summaries
from models_app.selectors.scores import reference_of
from models_app.services.scores import VersionScore
from models_app.services.versions import model_version_create
from models_app.specification import Specification, architecture_get
from mri.labels import LabelMap

SCORING_FROM = 0.95


@dataclass
class RunWatcher:
    """Writes the learning curve of a run while it grows, and carries the user's wish to stop to the engine.

    Attributes
    ----------
    job_run, run
        Whose.
    fold, folds : int
        Which fold of how many; 0 of 1 for a plain training.
    """

    job_run: JobRun
    run: TrainingRun
    fold: int = 0
    folds: int = 1

    def progress(self, fraction: float, message: str) -> None:
        """Pass on how far it is; raises `JobCancelled` when the user asked to stop."""
        if self.fold:
            message = f"fold {self.fold} of {self.folds}: {message}"
        self.job_run.report((max(self.fold - 1, 0) + fraction) / self.folds, message)

    def epoch(self, report: EpochReport) -> None:
        """Keep a point of the curve."""
        TrainingEpoch.objects.update_or_create(
            run=self.run,
            fold=self.fold,
            stage=report.stage,
            epoch=report.epoch,
            defaults={
                "loss": report.loss,
                "validation_dice": {str(value): dice for value, dice in report.validation_dice.items()},
                "seconds": report.seconds,
                "peak_memory_bytes": report.peak_memory_bytes,
            },
        )


def run_train(run: TrainingRun, job_run: JobRun) -> dict[str, Any]:
    """Train what a run describes and keep the result.

    What a cancelled run left on the disk goes; a failed one keeps its checkpoint, and goes on from it when it is run
    again.

    Raises
    ------
    JobCancelled, JobFailed
        As for `models_app.engine.learning.learn`.
    """
    existing = ModelVersion.objects.filter(training_run=run).first()
    if existing is not None:
        return {"model_version": str(existing.pk), "name": existing.name}
    _begin(run)
    try:
        folds = run.parameters.get("folds") or []
        result = _cross_validate(run, job_run, folds) if folds else _train_once(run, job_run)
    except JobCancelled:
        folder_clear(run_folder(run.pk))
        raise
    folder_clear(run_folder(run.pk))
    return result


def _begin(run: TrainingRun) -> None:
    """Note what trains; without a checkpoint to go on from, clear the curve that an earlier attempt left."""
    if not run_folder(run.pk).exists():
        TrainingEpoch.objects.filter(run=run).delete()
        run.outcome = {}
    run.hardware, run.libraries, run.code_version = hardware_describe()[:200], library_versions(), code_version()
    run.save(update_fields=["hardware", "libraries", "code_version", "outcome"])


def _train_once(run: TrainingRun, job_run: JobRun) -> dict[str, Any]:
    watcher = RunWatcher(job_run, run)
    app = RadiculaApp(run.study)
    learned = _learn(app, run, watcher)
    began_scoring = time.perf_counter()
    rows = _rows(run, split=Split.TEST)
    scored = _score(app.device, learned, rows, watcher)
    scores = _summed_up(rows, learned.specification)
    seconds = {**learned.seconds, "scoring": round(time.perf_counter() - began_scoring, 2)}
    run.scores = scores
    run.outcome = {"best_epoch": learned.best_epoch, "seconds": seconds, **learned.facts}
    run.parameters = {**run.parameters, "best_epoch": learned.best_epoch, "seconds": seconds}
    run.save(update_fields=["scores", "outcome", "parameters"])
    version = model_version_create(
        run=run,
        specification=learned.specification,
        weights=weights_dump(learned.state),
        scored=[one for row in scored for one in row.versions()],
    )
    return {"model_version": str(version.pk), "name": version.name, "scores": scores, "seconds": seconds}


def _cross_validate(run: TrainingRun, job_run: JobRun, folds: list[list[str]]) -> dict[str, Any]:
    """Train once for each fold and score on the subjects that it held out; no version comes of it."""
    app = RadiculaApp(run.study)
    specification = Specification.from_json(run.parameters["specification"])
    done: list[dict[str, Any]] = list(run.outcome.get("folds", []))
    for number, held_out in enumerate(folds, start=1):
        if number <= len(done):
            continue  # scored by an earlier attempt of this job
        watcher = RunWatcher(job_run, run, number, len(folds))
        learned = _learn(app, run, watcher, held_out=held_out)
        rows = _rows(run, subjects=held_out)
        _score(app.device, learned, rows, watcher)
        done.append(
            {
                "fold": number,
                "validation": held_out,
                "best_epoch": learned.best_epoch,
                "seconds": learned.seconds,
                "scores": _summed_up(rows, specification),
                **learned.facts,
            }
        )
        run.outcome = {**run.outcome, "folds": done}
        run.save(update_fields=["outcome"])
    rows = _rows(run, subjects=[label for held_out in folds for label in held_out])
    run.scores = _summed_up(rows, specification)
    run.save(update_fields=["scores"])
    return {"folds": len(folds), "scores": run.scores}


def _learn(app: RadiculaApp, run: TrainingRun, watcher: RunWatcher, held_out: Iterable[str] = ()) -> Learned:
    app.assignment.plan = plan_of(run, held_out=set(held_out))
    app.assignment.watcher = watcher
    app.assignment.folder = run_folder(run.pk) / f"fold-{watcher.fold}"
    app.train({"model": run.architecture, "device": str(app.device)})
    if app.assignment.learned is None:
        raise JobFailed("The training ended without weights; run it again.")
    return app.assignment.learned


def _rows(run: TrainingRun, *, split: Split | None = None, subjects: Iterable[str] | None = None) -> list[TrainingCase]:
    rows = run.cases.select_related(
        "subject",
        "label_version__volume__case__subject",
        "label_version__volume__case__study",
        "label_version__volume__original",
    ).order_by("subject__label", "pk")
    if split is not None:
        rows = rows.filter(split=split)
    if subjects is not None:
        rows = rows.filter(subject__label__in=list(subjects))
    return list(rows)


@dataclass(frozen=True)
class _ScoredRow:
    """A case of the run as it was scored."""

    row: TrainingCase
    case: CaseScore
    labels: LabelMap
    seconds: float

    def versions(self) -> list[VersionScore]:
        """For the version's table: against the run's own label version, and the one that all versions are held to."""
        own = self.row.label_version
        found = [VersionScore(own, self.labels, self.case.measures, self.seconds, hardware_describe())]
        wanted = reference_of(own.volume)
        if wanted is not None and wanted.pk != own.pk:
            values = sorted(self.case.dice)
            measures = case_score(self.case.name, label_voxels(wanted), self.labels, values).measures
            found.append(VersionScore(wanted, self.labels, measures, self.seconds, hardware_describe()))
        return found


def _score(device: torch.device, learned: Learned, rows: list[TrainingCase], watcher: RunWatcher) -> list[_ScoredRow]:
    specification = learned.specification
    network = network_of(learned, device)
    scores = []
    for index, row in enumerate(rows):
        volume = row.label_version.volume
        fraction = SCORING_FROM + (1.0 - SCORING_FROM) * index / len(rows)
        message = f"scoring {volume.name}"
        watcher.progress(fraction, message)
        started = time.perf_counter()
        source = image_read(input_files(volume, specification.other_roles, row.inputs), specification)
        truth = label_voxels(row.label_version)
        told: dict[str, Any] = {
            "device": device,
            "cancelled": lambda fraction=fraction, message=message: watcher.progress(fraction, message),
        }
        if architecture_get(specification.architecture).clicks:
            prediction = labels_clicked(network, source, truth, specification, **told)
        else:
            prediction = labels_predict(network, source, specification, **told)
        seconds = time.perf_counter() - started
        score = case_score(volume.name, truth, prediction.labels, specification.label_values)
        row.scores = score.to_json()
        row.save(update_fields=["scores"])
        scores.append(_ScoredRow(row, score, prediction.labels, seconds))
    return scores


def network_of(learned: Learned, device: torch.device) -> nn.Module:
    """The trained network, ready to predict."""
    network = network_build(learned.specification)
    network.load_state_dict(learned.state)
    return network.to(device).eval()


def _summed_up(rows: Sequence[TrainingCase], specification: Specification) -> dict[str, Any]:
    """Mean Dice by label over cases of a run that were scored, with intervals by subject."""
    return summaries([_table_row(row) for row in rows], specification.label_values)


def _table_row(row: TrainingCase) -> ScoreRow:
    volume = row.label_version.volume
    labels = {
        value: {"dice": kept["dice"], "undefined": {"dice": kept["undefined"]} if kept["undefined"] else {}}
        for value, kept in row.scores.items()
    }
    return ScoreRow(
        id=str(row.pk),
        case=str(volume.case_id),
        volume=str(volume.pk),
        reference=str(row.label_version_id),
        case_name=volume.case.name,
        volume_name=volume.name,
        subject=row.subject.label,
        site=site_of(row.subject.attributes),
        labels=labels,
        seconds=0.0,
    )
