"""The processes that train one network together."""

import os
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed

PATIENCE = timedelta(hours=4)
"""How long the others wait while the first one validates."""


@dataclass(frozen=True)
class Group:
    """Which of how many processes this is; the first one validates, keeps checkpoints and tells."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the first one."""
        return self.rank == 0

    def agreed(self, decision: bool) -> bool:
        """The first one's decision, for all."""
        if self.size == 1:
            return decision
        told = torch.tensor([int(decision)], device="cuda" if torch.distributed.get_backend() == "nccl" else "cpu")
        torch.distributed.broadcast(told, src=0)
        return bool(told.item())


ALONE = Group()


def group_join() -> Group:
    """Meet the other processes that torch's launcher (torchrun) started."""
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    if backend == "nccl":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    torch.distributed.init_process_group(backend, timeout=PATIENCE)
    return Group(torch.distributed.get_rank(), torch.distributed.get_world_size())
