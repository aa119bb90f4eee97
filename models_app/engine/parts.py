"""The parts of MONAI Label that the engine builds on: imported here and nowhere else, after the stand-ins."""

from models_app.engine.standins import install

install()

# The stand-ins come first, so these imports can't be at the top.
from monailabel.interfaces.app import MONAILabelApp  # noqa: E402
from monailabel.interfaces.datastore import Datastore, DefaultLabelTag  # noqa: E402
from monailabel.interfaces.exception import (  # noqa: E402
    ImageNotFoundException,
    LabelNotFoundException,
    MONAILabelError,
    MONAILabelException,
)
from monailabel.interfaces.tasks.infer_v2 import InferTask, InferType  # noqa: E402
from monailabel.interfaces.tasks.scoring import ScoringMethod  # noqa: E402
from monailabel.interfaces.tasks.strategy import Strategy  # noqa: E402
from monailabel.interfaces.tasks.train import TrainTask  # noqa: E402
from monailabel.tasks.activelearning.first import First  # noqa: E402
from monailabel.tasks.activelearning.random import Random  # noqa: E402

__all__ = [
    "Datastore",
    "DefaultLabelTag",
    "First",
    "ImageNotFoundException",
    "InferTask",
    "InferType",
    "LabelNotFoundException",
    "MONAILabelApp",
    "MONAILabelError",
    "MONAILabelException",
    "Random",
    "ScoringMethod",
    "Strategy",
    "TrainTask",
]
