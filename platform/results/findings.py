"""What a reader of the numbers should know before any of them: shifted numbering, swapped sides, missing labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from results.parameters import Parameters
from results.statistics.points import VolumeFound

LEAST_GAIN = 0.05
"""By how much the mean Dice must rise; smaller gains come about by chance where labels hardly overlap."""

LEAST_RATIO = 1.5


def findings_of(volumes: Sequence[VolumeFound], parameters: Parameters, titles: Sequence[str]) -> list[dict[str, Any]]:
    """Return what stands out on single volumes.

    Returns
    -------
    list of dict
        ``type`` (``level_shift``, ``side_swap``, ``missing_label``), ``case``, ``volume``, ``pair``, a sentence for
        people in ``text``, and the numbers that it rests on.
    """
    pairs = parameters.pairs()
    found = []
    for one in volumes:
        for entry in one.overall:
            pair = pairs[entry["pair"]]
            first = titles[pair.reference] if pair.reference is not None else "the consensus of the others"
            of_pair = [_shift(entry, titles[pair.candidate], first), _swap(entry, titles[pair.candidate], first)]
            of_pair += _missing(entry, titles[pair.candidate], first)
            place = {"case": one.case.id, "case_name": one.case.name, "volume": one.volume, "pair": entry["pair"]}
            found += [{**place, **what} for what in of_pair if what is not None]
    return found


def _stands_out(better: float | None, plain: float | None) -> bool:
    if better is None or plain is None:
        return False
    return better >= plain + LEAST_GAIN and better >= LEAST_RATIO * plain


def _shift(entry: Mapping[str, Any], candidate: str, reference: str) -> dict[str, Any] | None:
    shifts = {int(shift): dice for shift, dice in entry["mean_dice_by_shift"].items() if dice is not None}
    if not shifts:
        return None
    best = max(shifts, key=lambda shift: (shifts[shift], -abs(shift)))
    if best == 0 or not _stands_out(shifts[best], shifts.get(0, 0.0)):
        return None
    steps = f"{abs(best)} level{'s' if abs(best) > 1 else ''} {'lower' if best > 0 else 'higher'}"
    return {
        "type": "level_shift",
        "shift": best,
        "dice": shifts.get(0),
        "dice_shifted": shifts[best],
        "any_label_dice": entry["any_label_dice"],
        "text": f"{candidate} seems to number the levels {steps} than {reference}: the mean Dice over the levels is "
        f"{shifts.get(0, 0.0):.2f} as numbered and {shifts[best]:.2f} after a shift by {best:+d}; without regard to "
        f"levels the Dice is {entry['any_label_dice']:.2f}.",
    }


def _swap(entry: Mapping[str, Any], candidate: str, reference: str) -> dict[str, Any] | None:
    swapped, plain = entry["mean_dice_sides_swapped"], entry["mean_dice"]
    if not _stands_out(swapped, plain):
        return None
    return {
        "type": "side_swap",
        "dice": plain,
        "dice_swapped": swapped,
        "text": f"{candidate} seems to have left and right the other way round than {reference}: the mean Dice is "
        f"{plain:.2f} as labelled and {swapped:.2f} with the sides swapped.",
    }


def _missing(entry: Mapping[str, Any], candidate: str, reference: str) -> list[dict[str, Any] | None]:
    sides = ((reference, candidate, entry["only_in_a"]), (candidate, reference, entry["only_in_b"]))
    return [
        {
            "type": "missing_label",
            "labels": list(labels),
            "text": f"Only {has} has label{'s' if len(labels) > 1 else ''} {', '.join(map(str, labels))}; {lacks} has "
            f"{'none of them' if len(labels) > 1 else 'none of it'}.",
        }
        for has, lacks, labels in sides
        if labels
    ]
