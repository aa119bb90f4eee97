"""Training as a task of the MONAI Label app: explicit, frozen lists in, the best weights out; nothing is published."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch

from jobs.running import JobFailed
from models_app.architectures import architecture_get
from models_app.engine.files import input_files, label_file, weights_file
from models_app.engine.learning import LabelledFile, Learned, TrainingPlan, Watcher, learn
from models_app.engine.parts import Datastore, TrainTask
from models_app.models import Split, TrainingCase, TrainingRun
from models_app.specification import Specification, TrainingSettings


@dataclass
class Assignment:
    """What the next training is for, and who watches it. Set by the job, read by the task of the app."""

    plan: TrainingPlan | None = None
    watcher: Watcher | None = None
    folder: Path | None = None
    learned: Learned | None = field(default=None, repr=False)


class FrozenListTraining(TrainTask):
    """Trains one architecture from a `TrainingPlan`.

    MONAI Label hands a train task its datastore and lets it split what is there; here the lists were frozen when the
    run was made. Weights go back to the job, which stores them by hash: promotion is the site's.

    Parameters
    ----------
    architecture, title : str
        What it trains.
    assignment : Assignment
        Shared with the app.
    """

    def __init__(self, architecture: str, title: str, assignment: Assignment) -> None:
        super().__init__(title)
        self.architecture = architecture
        self.assignment = assignment

    def config(self) -> dict[str, Any]:
        """What a client may ask for."""
        return {"max_epochs": 0, "seed": 0}

    def __call__(self, request: dict[str, Any], datastore: Datastore) -> dict[str, Any]:
        """Train; the weights are left in the assignment.

        Raises
        ------
        JobFailed
            If no run was assigned: a training begins on the site, never in the engine.
        """
        plan, watcher = self.assignment.plan, self.assignment.watcher
        if plan is None or watcher is None:
            raise JobFailed("A training is started on the site, which freezes its lists.")
        device = torch.device(cast(str, request.get("device", "cpu")))
        learned = plan_train(plan, watcher, device, self.assignment.folder)
        self.assignment.learned = learned
        return {"best_epoch": learned.best_epoch, "seconds": learned.seconds}


def plan_train(plan: TrainingPlan, watcher: Watcher, device: torch.device, folder: Path | None) -> Learned:
    """Train a plan where it belongs: here, in several processes, or by nnU-Net's own code.

    Errors as for `learn`.
    """
    if architecture_get(plan.specification.architecture).plans_itself:
        from models_app.engine.nnunet.training import nnunet_learn

        return nnunet_learn(plan, watcher, device, folder=folder)
    processes = plan.settings.processes or (torch.cuda.device_count() if device.type == "cuda" else 1)
    if processes > 1:
        from models_app.engine.distributed import learn_together

        return learn_together(plan, watcher, processes, folder=folder)
    return learn(plan, watcher, device, folder=folder)


def plan_of(run: TrainingRun, *, held_out: Collection[str] = ()) -> TrainingPlan:
    """The plan that a run's rows describe.

    Parameters
    ----------
    run : TrainingRun
        The run.
    held_out : collection of str
        Subjects of one fold of a cross-validation: they validate, all others train.
    """
    specification = Specification.from_json(run.parameters["specification"])
    cases = (
        TrainingCase.objects.filter(run=run, split__in=(Split.TRAIN, Split.VALIDATION))
        .select_related("subject", "label_version__volume__case__subject", "label_version__volume__original")
        .order_by("subject__label", "pk")
    )
    files: dict[str, list[LabelledFile]] = {Split.TRAIN: [], Split.VALIDATION: []}
    for case in cases:
        volume = case.label_version.volume
        split = Split.VALIDATION if case.subject.label in held_out else case.split
        images = input_files(volume, specification.other_roles, case.inputs)
        files[split].append(LabelledFile(volume.name, images, label_file(case.label_version)))
    return TrainingPlan(
        specification=specification,
        train=tuple(files[Split.TRAIN]),
        validation=tuple(files[Split.VALIDATION]),
        settings=TrainingSettings.from_json(run.parameters["settings"]),
        weights=weights_file(run.initial.weights_id) if run.initial is not None else None,
    )
