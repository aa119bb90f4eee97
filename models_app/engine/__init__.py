"""Networks: the only package that imports torch, MONAI, MONAI Label and nnU-Net."""

import os

# Torch's threads meet after every layer. OpenMP lets those that come first spin for milliseconds, and on a machine that
# does anything else they keep the core from the thread that they wait for: a forward pass on two busy cores took five
# times as long. Asleep they cost a wake-up each, some microseconds. OpenMP reads this once, when torch is loaded, so it
# stands before anything of this package can load it; the processes that the package starts inherit it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
