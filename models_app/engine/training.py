"""Training as a task of the MONAI Label app: explicit, frozen lists in, the best weights out; nothing is published."""

from dataclasses import dataclass, field
from typing import Any, cast

import torch

from jobs.running import JobFailed
from models_app.engine.files import label_file, volume_file
from models_app.engine.learning import LabelledFile, Learned, TrainingPlan, Watcher, learn
from models_app.engine.parts import Datastore, TrainTask
from models_app.models import Split, TrainingCase, TrainingRun
from models_app.specification import Specification, TrainingSettings


@dataclass
class Assignment:
    """What the next training is for, and who watches it. Set by the job, read by the task of the app."""

    run: TrainingRun | None = None
    watcher: Watcher | None = None
    learned: Learned | None = field(default=None, repr=False)


class FrozenListTraining(TrainTask):
    """Trains one architecture on the cases of a `TrainingRun`.

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
        run, watcher = self.assignment.run, self.assignment.watcher
        if run is None or watcher is None:
            raise JobFailed("A training is started on the site, which freezes its lists.")
        self.assignment.learned = learn(plan_of(run), watcher, torch.device(cast(str, request.get("device", "cpu"))))
        return {"best_epoch": self.assignment.learned.best_epoch, "seconds": self.assignment.learned.seconds}


def plan_of(run: TrainingRun) -> TrainingPlan:
    """The plan that a run's rows describe."""
    cases = (
        TrainingCase.objects.filter(run=run, split__in=(Split.TRAIN, Split.VALIDATION))
        .select_related("label_version__volume__case__subject", "label_version__volume__original")
        .order_by("subject__label", "pk")
    )
    files: dict[str, list[LabelledFile]] = {Split.TRAIN: [], Split.VALIDATION: []}
    for case in cases:
        volume = case.label_version.volume
        files[case.split].append(LabelledFile(volume.name, volume_file(volume), label_file(case.label_version)))
    return TrainingPlan(
        specification=Specification.from_json(run.parameters["specification"]),
        train=tuple(files[Split.TRAIN]),
        validation=tuple(files[Split.VALIDATION]),
        settings=TrainingSettings.from_json(run.parameters["settings"]),
    )
