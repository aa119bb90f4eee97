"""`MyApp` as MONAI Label's sample apps: stock transforms, stock server. `STOCK_NETWORK` names what it serves."""

import json
import os
from pathlib import Path
from typing import Any

import torch
from monai.inferers import SlidingWindowInferer
from monai.transforms import (
    Activationsd,
    AsDiscreted,
    EnsureChannelFirstd,
    EnsureTyped,
    LoadImaged,
    NormalizeIntensityd,
    Orientationd,
    Spacingd,
)
from monailabel.interfaces.app import MONAILabelApp
from monailabel.interfaces.tasks.infer_v2 import InferType
from monailabel.tasks.infer.basic_infer import BasicInferTask
from monailabel.transform.post import Restored

from models_app.engine.networks import network_build
from models_app.specification import Specification


class Segmentation(BasicInferTask):
    """The sample app's task, on the network of the site's own version."""

    def __init__(self, folder: Path) -> None:
        self.specification = Specification.from_json(json.loads((folder / "specification.json").read_text()))
        super().__init__(
            path=[str(folder / "weights.pt")],
            network=network_build(self.specification),
            type=InferType.SEGMENTATION,
            labels={"structure": 1},
            dimension=3,
            description="stock",
            roi_size=self.specification.patch,
            config={"device": "cpu"},
        )

    def pre_transforms(self, data: Any = None) -> list[Any]:
        """Read, orient, resample, normalise."""
        return [
            LoadImaged(keys="image"),
            EnsureTyped(keys="image"),
            EnsureChannelFirstd(keys="image"),
            Orientationd(keys="image", axcodes="RAS"),
            Spacingd(keys="image", pixdim=self.specification.spacing_mm, allow_missing_keys=True),
            NormalizeIntensityd(keys="image"),
        ]

    def inferer(self, data: Any = None) -> SlidingWindowInferer:
        """The windows that the site slides over an image too."""
        return SlidingWindowInferer(roi_size=self.specification.patch, sw_batch_size=1, overlap=0.25, mode="gaussian")

    def inverse_transforms(self, data: Any = None) -> list[Any]:
        """All that can be inverted."""
        return []

    def post_transforms(self, data: Any = None) -> list[Any]:
        """Probabilities, decision, the image's grid."""
        return [
            EnsureTyped(keys="pred"),
            Activationsd(keys="pred", softmax=True),
            AsDiscreted(keys="pred", argmax=True),
            Restored(keys="pred", ref_image="image"),
        ]


class MyApp(MONAILabelApp):
    """One task."""

    def __init__(self, app_dir: str, studies: str, conf: dict[str, str]) -> None:
        torch.set_num_threads(int(os.environ.get("STOCK_THREADS", "0")) or torch.get_num_threads())
        super().__init__(app_dir=app_dir, studies=studies, conf=conf, name="stock", description="stock", version="1")

    def init_infers(self) -> dict[str, Any]:
        """The one task."""
        return {"stock": Segmentation(Path(os.environ["STOCK_NETWORK"]))}
