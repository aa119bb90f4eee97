"""JSON of which the same content is always the same bytes. No Django here."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """Write JSON with sorted keys, no spaces, UTF-8, and floats as their shortest exact decimal.

    Raises
    ------
    ValueError
        For NaN and infinities, which JSON doesn't have: an undefined number is null.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_of(content: Any) -> str:
    """Return the SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(content)).hexdigest()
