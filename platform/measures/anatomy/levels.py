"""The order of spinal and vertebral levels, from the head downwards."""

from __future__ import annotations

import re

_NAME = re.compile(r"([CTLS])(\d+)")
_FIRST = {"C": 0, "T": 8, "L": 20, "S": 25}
_COUNT = {"C": 8, "T": 12, "L": 5, "S": 5}


def level_rank(level: str) -> float | None:
    """Return the place of a level from the head downwards.

    Parameters
    ----------
    level : str
        ``C2``, ``T12``, ``S1``, or a disc by its neighbours, ``L4/L5``.

    Returns
    -------
    float or None
        C1 is 1, C8 is 8, T1 is 9 ...; a disc lies half way between its neighbours. None for what is no level.
    """
    ranks = [_single(part) for part in level.split("/")]
    known = [rank for rank in ranks if rank is not None]
    if not known or len(known) != len(ranks) or len(known) > 2:
        return None
    return sum(known) / len(known)


def _single(level: str) -> float | None:
    found = _NAME.fullmatch(level.strip())
    if found is None or not 1 <= int(found[2]) <= _COUNT[found[1]]:
        return None
    return float(_FIRST[found[1]] + int(found[2]))
