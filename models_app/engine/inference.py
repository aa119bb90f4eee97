"""Inference as a task of the MONAI Label app: weights once in memory, the answer on the image's own grid."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import SimpleITK
import torch

from models_app.engine.files import weights_file
from models_app.engine.networks import network_build
from models_app.engine.parts import InferTask, InferType, MONAILabelError, MONAILabelException
from models_app.engine.predicting import Prediction, labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.weights import weights_load
from models_app.models import ModelVersion
from models_app.specification import Specification
from mri.labels import LabelMap
from mri.nifti import write_nifti

EXTENSIONS = (".nii.gz", ".nii", ".nrrd")


class ModelVersionInference(InferTask):
    """Segments images with one model version.

    Parameters
    ----------
    version : ModelVersion
        Its weights are read once, checked, and kept.
    labels : dict of str to int
        Label values of the protocol by name.
    device : torch.device
        Where the network runs.
    """

    def __init__(self, version: ModelVersion, labels: dict[str, int], device: torch.device) -> None:
        super().__init__(InferType.SEGMENTATION, labels, 3, version.name, {"device": [str(device)]})
        self.version = version
        self.device = device
        self.specification = Specification.from_json(version.specification)
        self.network = network_build(self.specification)
        weights_load(weights_file(version.weights_id), self.network)
        self.network.to(device).eval()
        # One prediction at a time on a device: two would share its cores and its memory, and neither would be faster.
        self._busy = threading.Lock()

    def is_valid(self) -> bool:
        """Whether it can answer: it could not have been made otherwise."""
        return True

    def predict(self, paths: Path | Sequence[Path], cancelled: Callable[[], None] = lambda: None) -> Prediction:
        """Segment the volumes of a case, the labelled one first; see `labels_predict`."""
        source = image_read(paths, self.specification)
        with self._busy:
            return labels_predict(self.network, source, self.specification, device=self.device, cancelled=cancelled)

    def box_json(self, prediction: Prediction) -> dict[str, Any] | None:
        """A cascade's box as it is kept with a proposal: voxels of the image, the stop not included."""
        localiser = self.specification.localiser
        if prediction.box is None or localiser is None:
            return None
        return {**prediction.box.to_json(), "margin_mm": localiser.margin_mm, "located": prediction.located}

    def __call__(self, request: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """Answer as MONAI Label's tasks do.

        Parameters
        ----------
        request : dict
            `image` is a path; `others`, the paths of what else the model takes of the case; `result_extension`, one
            of `EXTENSIONS`; `result_write_to_file`.

        Returns
        -------
        path : str or None
            A temporary file, which the caller deletes.
        params : dict
            `label_names`, `latencies` (seconds), `model_version`.
        """
        extension = str(request.get("result_extension") or ".nii.gz")
        if extension not in EXTENSIONS:
            raise MONAILabelException(
                MONAILabelError.INVALID_INPUT,
                f"The result can be {', '.join(EXTENSIONS)}; {extension!r} was asked for.",
            )
        path = Path(request["image"])
        started = time.perf_counter()
        prediction = self.predict([path, *(Path(other) for other in request.get("others", ()))])
        predicted = time.perf_counter()
        written = result_write(prediction.labels, path, extension)
        return str(written), {
            "label_names": self.labels,
            "model_version": {"id": str(self.version.pk), "name": self.version.name},
            **({"box": self.box_json(prediction)} if prediction.box is not None else {}),
            "latencies": {
                "infer": round(predicted - started, 3),
                "write": round(time.perf_counter() - predicted, 3),
                "total": round(time.perf_counter() - started, 3),
            },
        }


def result_write(labels: LabelMap, image: Path, extension: str) -> Path:
    """Write a label map to a new temporary file, placed exactly as its image is."""
    with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=extension, delete=False) as file:
        path = Path(file.name)
    if extension == ".nii.gz":
        write_nifti(labels, path, reference=image)
        return path
    with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=".nii.gz") as packed:
        write_nifti(labels, packed.name, reference=image)
        # SimpleITK turns RAS into the LPS that NRRD readers expect; OHIF asks for NRRD without compression.
        SimpleITK.WriteImage(SimpleITK.ReadImage(packed.name), str(path), False)
    return path
