"""Results of `measures` as JSON. No Django here."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from measures.estimate import Estimate, Interval
from measures.result import Measure
from measures.summary import Dropped


def plain(result: Any) -> Any:
    """Turn a result, whatever it is made of, into dicts, lists, numbers, text and None.

    An estimate becomes ``value, ci, level, undefined``, a measure ``value, undefined``, dropped keys a dict of key to
    reason.
    """
    if isinstance(result, (Estimate, Interval)):
        return result.to_json()
    if isinstance(result, Measure):
        return {"value": result.value, "undefined": result.undefined}
    if is_dataclass(result):
        told = {one.name: plain(getattr(result, one.name)) for one in fields(result)}
        # Some results hold their reasons in a part of theirs and tell them by a property.
        return (
            told if "undefined" in told or not hasattr(result, "undefined") else told | {"undefined": result.undefined}
        )
    if isinstance(result, dict):
        return {str(key): plain(value) for key, value in result.items()}
    if isinstance(result, (tuple, list)):
        if result and all(isinstance(one, Dropped) for one in result):
            return {one.key: one.reason for one in result}
        return [plain(one) for one in result]
    return result
