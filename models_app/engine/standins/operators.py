"""Lets PyPI's torchvision, a CUDA build, be imported beside a torch without CUDA.

Its compiled operators cannot load there, and its `register_fake("torchvision::nms")` then stops the import. Declaring
the two operator schemas first lets the rest, which is plain Python, come in. MONAI Label uses two picture helpers.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

OPERATORS = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class _DeclareFirst(MetaPathFinder):
    """Declares the operators when torchvision is about to be imported, and finds nothing itself."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            _declare()
        return None


def torchvision_prepare() -> None:
    """Arrange that the operators are declared before torchvision is imported for the first time."""
    waiting = any(isinstance(finder, _DeclareFirst) for finder in sys.meta_path)
    if "torchvision" not in sys.modules and not waiting:
        sys.meta_path.insert(0, _DeclareFirst())


def _declare() -> None:
    import torch

    if torch.version.cuda is not None:
        return  # a CUDA torch loads the compiled operators, which declare themselves
    for name in OPERATORS:
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", SCHEMA)
