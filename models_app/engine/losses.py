"""What a network is trained to make small."""

import torch
from monai.losses.dice import DiceCELoss
from torch import Tensor, nn


class SegmentationLoss(nn.Module):
    """Dice plus cross-entropy; for several heads their mean, each coarser one weighing half of the one before.

    The weights are nnU-Net's (doi 10.1038/s41592-020-01008-z).
    """

    def __init__(self) -> None:
        super().__init__()
        # Dice over the whole batch: a patch without the structure then does not count as a failure.
        self.one = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False, batch=True)

    def forward(self, logits: Tensor, classes: Tensor) -> Tensor:
        """The loss of a batch.

        Parameters
        ----------
        logits : Tensor, shape (B, classes, X, Y, Z) or (B, heads, classes, X, Y, Z)
        classes : Tensor, shape (B, 1, X, Y, Z)
            True class indices.
        """
        if logits.dim() == classes.dim():
            result: Tensor = self.one(logits.float(), classes)
            return result
        heads = logits.unbind(1)
        weights = [0.5**index for index in range(len(heads))]
        losses = [weight * self.one(head.float(), classes) for weight, head in zip(weights, heads, strict=True)]
        return torch.stack(losses).sum() / sum(weights)
