"""Taking in a model version from a file: its weights are read as numbers, and fit the network that it describes."""

import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from access.models import Study
from blobs.services import blob_path
from jobs.running import JobFailed, JobRun
from models_app.engine.networks import network_build
from models_app.engine.weights import weights_dump, weights_read
from models_app.model_file import SAFETENSORS, ModelFile, ModelFileRefused
from models_app.models import ModelVersion
from models_app.services.model_files import imported_version_create, model_file_checked
from models_app.specification import Specification


def version_import(study: Study, job_run: JobRun) -> ModelVersion:
    """Make a version of a study from an uploaded file.

    Raises
    ------
    JobFailed
        If the file or its weights are refused, in one sentence.
    """
    sha256, filename = str(job_run.parameters["file"]), str(job_run.parameters["filename"])
    with tempfile.TemporaryDirectory(prefix="radicula-model-") as folder:
        job_run.report(0.1, f"reading {filename}")
        try:
            found = model_file_checked(study, blob_path(sha256), Path(folder) / "file")
        except ModelFileRefused as error:
            raise JobFailed(str(error)) from error
        job_run.report(0.4, "checking the weights")
        state = _state(found)
        _check_fit(found.specification, state)
        job_run.report(0.8, "keeping the version")
        return imported_version_create(
            study=study,
            job=job_run.job,
            found=found,
            weights=weights_dump(state),
            file_sha256=sha256,
            filename=filename,
        )


def _state(found: ModelFile) -> dict[str, Tensor]:
    if found.weights.name != SAFETENSORS:
        return weights_read(found.weights)
    try:
        state: dict[str, Tensor] = load_file(found.weights, device="cpu")
    except (SafetensorError, ValueError) as error:
        raise JobFailed("The weights in the file were refused: they are damaged.") from error
    return state


def _check_fit(specification: Specification, state: dict[str, Any]) -> None:
    """Hold the names and shapes of the weights against those of the network, before anything of its size is built."""
    try:
        with torch.device("meta"):
            wanted = network_build(specification).state_dict()
    except JobFailed:
        raise
    except Exception as error:
        # Whatever MONAI says to a specification from elsewhere: it is not one of ours.
        raise JobFailed("No network can be built from the specification in the file.") from error
    if set(wanted) != set(state):
        stranger = sorted(set(wanted) ^ set(state))[0]
        where = "lack" if stranger in wanted else "hold more than the network has:"
        raise JobFailed(f"The weights in the file belong to another network: they {where} {stranger}.")
    for name, tensor in state.items():
        if tensor.shape != wanted[name].shape:
            came, want = (" x ".join(map(str, shape)) for shape in (tensor.shape, wanted[name].shape))
            raise JobFailed(
                f"The weights in the file belong to another network: {name} is {came or 1}, not {want or 1}."
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise JobFailed(f"The weights in the file are damaged: {name} holds values that are no numbers.")
