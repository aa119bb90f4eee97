"""The MONAI Label app of a study."""

from typing import Any

import torch

from access.models import Study
from models_app.engine.datastore import StudyDatastore
from models_app.engine.files import cache_folder, input_files
from models_app.engine.inference import ModelVersionInference
from models_app.engine.parts import First, InferTask, MONAILabelApp, Random, Strategy, TrainTask
from models_app.engine.training import Assignment, FrozenListTraining
from models_app.models import ModelVersion
from models_app.selectors import primary_volumes, protocol_of
from models_app.specification import ARCHITECTURES


def device_best() -> torch.device:
    """The first GPU, else the CPU."""
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


class RadiculaApp(MONAILabelApp):
    """One study, one model version in memory, one training task per architecture.

    Parameters
    ----------
    study : Study
        The study.
    version : ModelVersion or None
        What infers; None for an app that only trains.
    device : torch.device, optional
        The first GPU, else the CPU.
    """

    def __init__(self, study: Study, version: ModelVersion | None = None, device: torch.device | None = None) -> None:
        self.study, self.model_version = study, version
        self.device = device or device_best()
        self.assignment = Assignment()
        self.label_values = {label.name: label.value for label in protocol_of(study).labels}
        super().__init__(
            app_dir=str(cache_folder()),
            studies=study.slug,
            conf={},
            name=study.name,
            description=study.description,
            version="1",
            labels=self.label_values,
        )

    def init_datastore(self) -> StudyDatastore:
        """The study's tables."""
        return StudyDatastore(self.study)

    def init_infers(self) -> dict[str, InferTask]:
        """The model version, by the name of its architecture."""
        if self.model_version is None:
            return {}
        return {
            self.model_version.architecture: ModelVersionInference(self.model_version, self.label_values, self.device)
        }

    def init_trainers(self) -> dict[str, TrainTask]:
        """Every architecture."""
        return {
            name: FrozenListTraining(name, architecture.title, self.assignment)
            for name, architecture in ARCHITECTURES.items()
        }

    def init_strategies(self) -> dict[str, Strategy]:
        """How the next case is chosen."""
        return {"random": Random(), "first": First()}

    def others_of(self, image_id: str) -> list[str]:
        """The paths of what else the model takes of an image's case.

        Raises
        ------
        Conflict
            If the case lacks one of them.
        """
        others = self.inference().specification.other_roles
        volume = primary_volumes(self.study, self.model_version).filter(pk=image_id).first() if others else None
        # Of an unknown image the datastore says so, in its own words.
        return [str(path) for path in input_files(volume, others)[1:]] if volume is not None else []

    def inference(self) -> ModelVersionInference:
        """The task that infers.

        Raises
        ------
        KeyError
            If the app has no model version.
        """
        task: Any = next(iter(self._infers.values()), None)
        if task is None:
            raise KeyError(f"the app of {self.study.slug} has no model version")
        return task
