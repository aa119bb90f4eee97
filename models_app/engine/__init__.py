"""Networks: the only package that imports torch, MONAI, MONAI Label and nnU-Net."""

import os

# Torch's threads meet after every layer. OpenMP lets those that come first spin for milliseconds, and on a machine
# that does anything else they keep the core from the thread that they wait for: a forward pass on two busy cores took
# three times as long. Never to spin costs a wake-up for every layer instead, which small images feel on an idle
# machine. So they spin for some microseconds and then sleep. GNU's OpenMP, which torch brings along, reads this once,
# when torch is loaded: it stands before anything of this package can load it, and the processes that the package
# starts inherit it.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
