"""A model version as a file: for another Radicula, as TorchScript, as a MONAI bundle."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from models_app.engine.bundle import bundle_inference, bundle_metadata
from models_app.engine.files import weights_file
from models_app.engine.networks import network_build
from models_app.engine.weights import weights_load, weights_read
from models_app.model_file import CARD, MANIFEST, SAFETENSORS
from models_app.models import ExportFormat, ModelVersion
from models_app.selectors import protocol_of
from models_app.selectors.cards import version_card
from models_app.services.model_files import manifest_of
from models_app.specification import Specification


def version_export(version: ModelVersion, format: ExportFormat, folder: Path) -> Path:
    """Write a version's file.

    Parameters
    ----------
    version : ModelVersion
        With its study and weights.
    format : ExportFormat
        As what.
    folder : Path
        Where to; what else is written there is of no use afterwards.

    Raises
    ------
    JobFailed
        If the stored weights are refused.
    """
    writers = {
        ExportFormat.RADICULA: _radicula,
        ExportFormat.TORCHSCRIPT: _torchscript,
        ExportFormat.MONAI_BUNDLE: _monai_bundle,
    }
    return writers[format](version, folder)


def _radicula(version: ModelVersion, folder: Path) -> Path:
    weights, card = folder / SAFETENSORS, version_card(version)
    # Tensors that share memory would be refused; each gets its own.
    state = {name: value.clone().contiguous() for name, value in weights_read(weights_file(version.weights_id)).items()}
    save_file(state, weights)
    with weights.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = {"file": SAFETENSORS, "sha256": sha256, "bytes": weights.stat().st_size}
    return _zipped(
        folder / "version.zip", {MANIFEST: manifest_of(version, facts, card), CARD: card, SAFETENSORS: weights}
    )


def _torchscript(version: ModelVersion, folder: Path) -> Path:
    specification = Specification.from_json(version.specification)
    path = folder / "model.ts"
    extra = {"specification.json": json.dumps(version.specification, sort_keys=True), CARD: version_card(version)}
    torch.jit.save(traced(_network(version), specification), str(path), _extra_files=extra)
    return path


def _monai_bundle(version: ModelVersion, folder: Path) -> Path:
    specification = Specification.from_json(version.specification)
    card = version_card(version)
    names = {label.value: label.name for label in protocol_of(version.study).labels}
    script = folder / "model.ts"
    torch.jit.save(traced(_network(version), specification), str(script))
    return _zipped(
        folder / "bundle.zip",
        {
            "configs/metadata.json": _json(bundle_metadata(version, specification, names)),
            "configs/inference.json": _json(bundle_inference(specification)),
            "models/model.ts": script,
            "docs/README.md": card,
        },
    )


def _network(version: ModelVersion) -> nn.Module:
    network = network_build(Specification.from_json(version.specification))
    weights_load(weights_file(version.weights_id), network)
    return network.eval()


def traced(network: nn.Module, specification: Specification) -> torch.jit.ScriptModule:
    """A network as TorchScript: patches (B, roles, X, Y, Z) of the specification's size in, class logits out."""
    example = torch.zeros(1, len(specification.roles), *specification.patch)
    with torch.inference_mode():
        # The check runs the network twice more and compares; what a network of ours does follows from shapes alone.
        script: torch.jit.ScriptModule = torch.jit.trace(network, example, check_trace=False)
    return script


def _json(value: Any) -> str:
    return json.dumps(value, indent=2)


def _zipped(path: Path, content: dict[str, str | Path]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, what in content.items():
            if isinstance(what, Path):
                # Weights are noise to a packer: stored as they are.
                archive.write(what, name, zipfile.ZIP_STORED)
            else:
                archive.writestr(name, what)
    return path
