"""A version in the words of MONAI's bundles: what goes in, how it is prepared, and the way back to the image's grid.

The network is TorchScript, so that the bundle needs MONAI and none of our code. `configs/inference.json` prepares an
image as `models_app.engine.preparing` does, slides the network as `models_app.engine.predicting` does, and writes a
label map with the protocol's values on the image's own grid. One thing is left out: averaging with the mirror image.
"""

from importlib.metadata import version as library_version
from typing import Any

from models_app.engine.predicting import PROPOSAL_OVERLAP
from models_app.engine.preparing import PERCENTILES
from models_app.models import ModelVersion
from models_app.specification import PERCENTILE, SIGNED, Specification

SCHEMA = "https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema_20240725.json"


def bundle_metadata(version: ModelVersion, specification: Specification, names: dict[int, str]) -> dict[str, Any]:
    """`configs/metadata.json`: where the bundle comes from, and the form of its input and output."""
    classes = ["background", *(names.get(value, str(value)) for value in specification.label_values)]
    form = {"spatial_shape": list(specification.patch), "dtype": "float32", "is_patch_data": True}
    return {
        "schema": SCHEMA,
        "version": f"{version.number}.0.0",
        "changelog": {f"{version.number}.0.0": version.name},
        "monai_version": library_version("monai"),
        "pytorch_version": library_version("torch"),
        "numpy_version": library_version("numpy"),
        "required_packages_version": {"nibabel": library_version("nibabel")},
        "name": version.name,
        "task": f"Segmentation of {', '.join(classes[1:])}",
        "description": f"Proposes {', '.join(classes[1:])} for a person to correct; not a medical device.",
        "authors": version.study.name,
        "copyright": "",
        "intended_use": version.intended_use or "Research; see docs/README.md.",
        "network_data_format": {
            "inputs": {
                "image": {
                    **form,
                    "type": "image",
                    "format": "magnitude",
                    "modality": "MR",
                    "num_channels": len(specification.roles),
                    "value_range": [],
                    "channel_def": {str(place): role for place, role in enumerate(specification.roles)},
                }
            },
            "outputs": {
                "pred": {
                    **form,
                    "type": "image",
                    "format": "segmentation",
                    "num_channels": specification.classes,
                    "value_range": [],
                    "channel_def": {str(place): name for place, name in enumerate(classes)},
                }
            },
        },
    }


def bundle_inference(specification: Specification) -> dict[str, Any]:
    """`configs/inference.json`: `python -m monai.bundle run --config_file configs/inference.json --dataset_dir FOLDER`.

    Images lie in the folder as `NAME_ROLE.nii.gz`, one for each role.
    """
    roles = list(specification.roles)
    first = specification.grid_role
    return {
        "imports": ["$import glob", "$import torch"],
        "bundle_root": ".",
        "dataset_dir": "$@bundle_root + '/images'",
        "output_dir": "$@bundle_root + '/labels'",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "roles": roles,
        "files": f"$sorted(glob.glob(@dataset_dir + '/*_{first}.nii*'))",
        "datalist": f"$[{{role: f.replace('_{first}.nii', '_' + role + '.nii') for role in @roles}} for f in @files]",
        "network_def": "$torch.jit.load(@bundle_root + '/models/model.ts', map_location=@device)",
        "preprocessing": {"_target_": "Compose", "transforms": _preparing(specification)},
        "dataset": {"_target_": "Dataset", "data": "@datalist", "transform": "@preprocessing"},
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        "inferer": {
            "_target_": "SlidingWindowInferer",
            "roi_size": list(specification.patch),
            "sw_batch_size": 1,
            "overlap": PROPOSAL_OVERLAP,
            "mode": "gaussian",
        },
        "postprocessing": {"_target_": "Compose", "transforms": _answering(specification)},
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network_def",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
        },
        "run": ["$@network_def.eval()", "$@evaluator.run()"],
    }


def _preparing(specification: Specification) -> list[dict[str, Any]]:
    roles, first = list(specification.roles), specification.grid_role
    steps: list[dict[str, Any]] = [
        {"_target_": "LoadImaged", "keys": roles, "ensure_channel_first": True},
        {"_target_": "EnsureTyped", "keys": roles, "dtype": "$torch.float32"},
    ]
    steps += [
        {"_target_": "ResampleToMatchd", "keys": role, "key_dst": first, "mode": "bilinear", "padding_mode": "zeros"}
        for role in roles
        if role != first
    ]
    for role, kind in zip(roles, specification.normalisations, strict=True):
        steps += _scaling(role, kind)
    return [
        *steps,
        {"_target_": "ConcatItemsd", "keys": roles, "name": "image"},
        {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
        # What is 0 in the specification keeps the image's own spacing, which is -1 here.
        {"_target_": "Spacingd", "keys": "image", "pixdim": [side or -1.0 for side in specification.spacing_mm]},
    ]


def _scaling(role: str, kind: str) -> list[dict[str, Any]]:
    if kind == SIGNED:
        scaled = "$lambda x: x / (x[x != 0] ** 2).mean().sqrt().clamp_min(1e-12) if (x != 0).any() else x"
        return [{"_target_": "Lambdad", "keys": role, "func": scaled}]
    standard = {"_target_": "NormalizeIntensityd", "keys": role}
    if kind != PERCENTILE:
        return [standard]
    low, high = PERCENTILES
    return [{"_target_": "ClipIntensityPercentilesd", "keys": role, "lower": low, "upper": high}, standard]


def _answering(specification: Specification) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [
        {"_target_": "Activationsd", "keys": "pred", "softmax": True},
        {
            "_target_": "Invertd",
            "keys": "pred",
            "transform": "@preprocessing",
            "orig_keys": "image",
            "nearest_interp": False,
            "to_tensor": True,
        },
        {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
    ]
    if specification.keep_largest:
        steps.append({"_target_": "KeepLargestConnectedComponentd", "keys": "pred", "connectivity": 3})
    return [
        *steps,
        {
            "_target_": "MapLabelValued",
            "keys": "pred",
            "orig_labels": list(range(specification.classes)),
            "target_labels": [0, *specification.label_values],
            "dtype": "$torch.int32",
        },
        {
            "_target_": "SaveImaged",
            "keys": "pred",
            "output_dir": "@output_dir",
            "output_postfix": "labels",
            "output_dtype": "$torch.uint8" if max(specification.label_values) < 256 else "$torch.int32",
            "separate_folder": False,
            "resample": False,
        },
    ]
