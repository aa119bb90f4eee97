"""Which labels are each other's mirror image. Pure."""

import re
from collections.abc import Sequence

from protocols.protocol import Label

SIDED = ("left", "right")
_SIDE_WORD = re.compile(r"\b(left|right|l|r)\b", re.IGNORECASE)


def mirror_pairs(labels: Sequence[Label]) -> tuple[tuple[int, int], ...] | None:
    """Pair each left label with the right one of the same name and level.

    Parameters
    ----------
    labels : sequence of Label
        Those of a protocol, or the ones that a training takes.

    Returns
    -------
    tuple of (left value, right value), or None
        None where a label has no partner: such an image cannot be mirrored and stay true.
    """
    left = {_key(label): label.value for label in labels if label.side == "left"}
    right = {_key(label): label.value for label in labels if label.side == "right"}
    count = sum(label.side in SIDED for label in labels)
    if set(left) != set(right) or len(left) + len(right) != count:
        return None
    return tuple(sorted((value, right[key]) for key, value in left.items()))


def mirrored_values(values: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[int]:
    """What each label value becomes in a mirror."""
    table = {a: b for pair in pairs for a, b in (pair, pair[::-1])}
    return [table.get(value, value) for value in values]


def _key(label: Label) -> tuple[str, str]:
    # `Left dorsal column` and `Dorsal column, right` are one structure: words without the side, in no order.
    words = re.findall(r"\w+", _SIDE_WORD.sub(" ", label.name).lower())
    return " ".join(sorted(words)), _SIDE_WORD.sub("", label.level).strip().lower()
