"""nnU-Net v2 by its own code: it plans, preprocesses, trains and predicts; this package carries data in and out.

docs/decisions/0007-nnunet-in-house.md says why. Import this package before `nnunetv2`: it reads the environment when it
is imported, and MONAI Label's stand-ins let torchvision, which it imports, come in.
"""

import os

from models_app.engine.standins import install

SETTINGS = {
    # Pools of processes for each image cost more than they bring: a worker has one job at a time.
    "nnUNet_def_n_proc": "1",
    # Augmentation in the training process; on a GPU the process sets its own number.
    "nnUNet_n_proc_DA": "0",
    # Compiling is a setting of the run.
    "nnUNet_compile": "0",
    "nnUNet_wandb_enabled": "0",
}

for _name, _value in SETTINGS.items():
    os.environ.setdefault(_name, _value)
install()
