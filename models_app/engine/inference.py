"""Inference as a task of the MONAI Label app: weights once in memory, the answer on the image's own grid."""

import gzip
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK
import torch

from models_app.engine.files import weights_file
from models_app.engine.kept import KeptByBytes
from models_app.engine.networks import network_build
from models_app.engine.parts import InferTask, InferType, MONAILabelError, MONAILabelException
from models_app.engine.predicting import Prediction, labels_predict
from models_app.engine.preparing import SourceImage, image_read
from models_app.engine.weights import weights_load
from models_app.models import ModelVersion
from models_app.specification import Specification
from mri.labels import LabelMap, label_array
from mri.nifti import write_nifti

SOURCES_BYTES = 256 * 1024**2
"""Of read and scaled cases that a loaded version keeps."""

EXTENSIONS = (".nii.gz", ".nii", ".nrrd")
WIDTHS: dict[str, type[np.uint8] | type[np.uint16]] = {"uint8": np.uint8, "uint16": np.uint16}
"""OHIF reads the voxels of an answer as numbers of the width that it asked for, whatever the file says."""


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
        self._sources: KeptByBytes[SourceImage] = KeptByBytes(SOURCES_BYTES)

    def is_valid(self) -> bool:
        """Whether it can answer: it could not have been made otherwise."""
        return True

    def predict(self, paths: Path | Sequence[Path], cancelled: Callable[[], None] = lambda: None) -> Prediction:
        """Segment the volumes of a case, the labelled one first; see `labels_predict`."""
        source = image_read(paths, self.specification)
        with self._busy:
            return labels_predict(self.network, source, self.specification, device=self.device, cancelled=cancelled)

    def _predict_now(self, paths: Sequence[Path], *, kept: bool) -> Prediction:
        """The same while somebody waits: one pass of the network, and a case of the study is read and scaled once."""
        if kept:
            source = self._sources.get(tuple(paths), lambda: _read(paths, self.specification))
        else:
            source = image_read(paths, self.specification)
        with self._busy:
            return labels_predict(self.network, source, self.specification, device=self.device, thorough=False)

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
            of `EXTENSIONS`; `result_dtype`, one of `WIDTHS`; `result_compress`, of an NRRD file; `of_study`, whether
            the image is one of the study, whose file never changes.

        Returns
        -------
        path : str or None
            A temporary file, which the caller deletes.
        params : dict
            `label_names` of what was found, `latencies` (seconds), `model_version`.
        """
        extension = str(request.get("result_extension") or ".nii.gz")
        width = str(request.get("result_dtype") or "")
        _allowed("result", extension, EXTENSIONS)
        if width:
            _allowed("result's numbers", width, WIDTHS)
        path = Path(request["image"])
        started = time.perf_counter()
        others = [Path(other) for other in request.get("others", ())]
        prediction = self._predict_now([path, *others], kept=bool(request.get("of_study", False)))
        predicted = time.perf_counter()
        labels = _widened(prediction.labels, width)
        written = result_write(labels, path, extension, compress=bool(request.get("result_compress", False)))
        found = labels.counts()
        return str(written), {
            # 3D Slicer names segments by the order of the values that occur, so it is told of those alone.
            "label_names": {name: value for name, value in self.labels.items() if value in found},
            "model_version": {"id": str(self.version.pk), "name": self.version.name},
            **({"box": self.box_json(prediction)} if prediction.box is not None else {}),
            "latencies": {
                "infer": round(predicted - started, 3),
                "write": round(time.perf_counter() - predicted, 3),
                "total": round(time.perf_counter() - started, 3),
            },
        }


def _read(paths: Sequence[Path], specification: Specification) -> tuple[SourceImage, int]:
    source = image_read(paths, specification)
    return source, source.voxels.numel() * source.voxels.element_size()


def _allowed(what: str, given: str, known: Iterable[str]) -> None:
    if given not in known:
        raise MONAILabelException(
            MONAILabelError.INVALID_INPUT, f"The {what} can be {', '.join(known)}; {given!r} was asked for."
        )


def _widened(labels: LabelMap, width: str) -> LabelMap:
    if not width or labels.dtype == width:
        return labels
    if int(labels.voxels.max(initial=0)) > np.iinfo(WIDTHS[width]).max:
        raise MONAILabelException(
            MONAILabelError.INVALID_INPUT, f"The study has label values that {width} can't hold; ask for uint16."
        )
    return LabelMap(label_array(labels.voxels, "The answer", np.iinfo(WIDTHS[width]).max), labels.grid)


def result_write(labels: LabelMap, image: Path, extension: str, *, compress: bool = False) -> Path:
    """Write a label map to a new temporary file, placed exactly as its image is; `compress` is for NRRD alone."""
    with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=extension, delete=False) as file:
        path = Path(file.name)
    if extension == ".nii.gz":
        write_nifti(labels, path, reference=image)
        return path
    unpacked = gzip.decompress(write_nifti(labels, reference=image))
    if extension == ".nii":
        path.write_bytes(unpacked)
        return path
    # SimpleITK turns RAS into the LPS that NRRD readers expect.
    with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=".nii") as plain:
        Path(plain.name).write_bytes(unpacked)
        SimpleITK.WriteImage(SimpleITK.ReadImage(plain.name), str(path), compress)
    return path
