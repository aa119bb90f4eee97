"""nnU-Net's own planning and preprocessing, without its pools of processes."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from nnunetv2.experiment_planning.dataset_fingerprint import fingerprint_extractor
from nnunetv2.experiment_planning.experiment_planners import default_experiment_planner
from nnunetv2.preprocessing.preprocessors import default_preprocessor

from models_app.engine.nnunet.dataset import DATASET

PLANS = "nnUNetPlans"
CONFIGURATION, FLAT = "3d_fullres", "2d"

SMALL_FEATURES = (8, 80)
"""Fewest and most features of a small plan; nnU-Net's own are 32 and 320."""

SMALL_MEMORY_GB, FULL_MEMORY_GB = 1.0, 8.0


class _Done:
    """A result that is there already."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def ready(self) -> bool:
        return True

    def get(self) -> list[Any]:
        return self.values


class _SerialPool:
    """Stands for a pool of processes; works where it is called."""

    def __init__(self, *_: Any) -> None:
        self._pool: list[Any] = []

    def __enter__(self) -> "_SerialPool":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def starmap_async(self, work: Callable[..., Any], arguments: Sequence[Sequence[Any]]) -> _Done:
        return _Done([work(*row) for row in arguments])


@contextmanager
def serial_pools() -> Iterator[None]:
    """Let nnU-Net's fingerprint and preprocessing run in this process.

    It starts a pool of new interpreters for each of the two, which import torch anew: for ten small cases that takes
    longer than the work, and a worker that is killed would leave them behind.
    """
    here = SimpleNamespace(get_context=lambda *_: SimpleNamespace(Pool=_SerialPool))
    kept = [(module, module.multiprocessing) for module in (fingerprint_extractor, default_preprocessor)]
    for module, _ in kept:
        module.multiprocessing = here
    try:
        yield
    finally:
        for module, own in kept:
            module.multiprocessing = own


def plans_make(folder: Path, *, small: bool, progress: Callable[[float, str], None]) -> tuple[dict[str, Any], str]:
    """Take nnU-Net's fingerprint, let it plan and preprocess; the raw copies go when they are preprocessed.

    Parameters
    ----------
    folder : pathlib.Path
        With `raw/`; gets `preprocessed/`.
    small : bool
        Plan a network of 8 to 80 features for 1 GB in place of 32 to 320 for 8 GB.
    progress : callable
        Is told how far it is.

    Returns
    -------
    plans : dict
        nnU-Net's.
    configuration : str
        `3d_fullres`; `2d` where images are one slice thick.
    """
    progress(0.4, "nnU-Net: taking the fingerprint")
    with serial_pools():
        fingerprint_extractor.DatasetFingerprintExtractor(DATASET, 1).run(overwrite_existing=True)
        progress(0.6, "nnU-Net: planning")
        plans = _planner(small).plan_experiment()
        configuration = CONFIGURATION if CONFIGURATION in plans["configurations"] else FLAT
        progress(0.7, "nnU-Net: preprocessing")
        default_preprocessor.DefaultPreprocessor(verbose=False).run(DATASET, configuration, PLANS, 1)
    shutil.rmtree(folder / "raw")
    return plans, configuration


def _planner(small: bool) -> Any:
    # It would estimate with as many threads as there are augmenters, of which there may be none.
    default_experiment_planner.get_allowed_n_proc_DA = torch.get_num_threads
    planner = default_experiment_planner.ExperimentPlanner(
        DATASET, gpu_memory_target_in_gb=SMALL_MEMORY_GB if small else 8, plans_name=PLANS
    )
    if small:
        fewest, most = SMALL_FEATURES
        planner.UNet_base_num_features = fewest
        planner.UNet_max_features_2d = planner.UNet_max_features_3d = most
    return planner
