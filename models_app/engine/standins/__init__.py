"""Stand-ins for what MONAI Label imports at start-up and this project neither uses nor can install.

| module | why it can't be the real one |
|---|---|
| `pydicom_seg` | 0.4.1 needs numpy below 2 and does not import beside pydicom 3; DICOM SEG is written with highdicom |
| `girder_client` | only for a Digital Slide Archive, which nobody here has |
| `numpymaxflow` | 0.0.7 is built against numpy 1; ours gives the same call on PyMaxflow |
| two operators of `torchvision` | PyPI's wheel is a CUDA build: beside a CPU torch its own operators don't load |

`install` puts them in place, in this process alone. Nothing outside `models_app.engine` sees them.
"""

import os
import sys
from importlib import import_module

from models_app.engine.standins.operators import torchvision_prepare

MODULES = ("girder_client", "numpymaxflow", "pydicom_seg")

MONAI_LABEL_SETTINGS = {
    # Experiment tracking would import mlflow.
    "MONAI_LABEL_TRACKING_ENABLED": "false",
    # Scores are computed by jobs, not after each request.
    "MONAI_LABEL_AUTO_UPDATE_SCORING": "false",
    # Sessions would be files in the home folder of the server's account.
    "MONAI_LABEL_SESSIONS": "false",
    # Its task runner reads this variable without a default.
    "PYTHONPATH": "",
}


def install() -> None:
    """Make MONAI Label importable; call it before the first import of `monailabel`. Calling it again does nothing."""
    for name, value in MONAI_LABEL_SETTINGS.items():
        os.environ.setdefault(name, value)
    for name in MODULES:
        sys.modules.setdefault(name, import_module(f"{__name__}.{name}"))
    torchvision_prepare()
