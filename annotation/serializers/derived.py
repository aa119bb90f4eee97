"""Asking for derived volumes."""

from typing import Any

from rest_framework import serializers


class DerivedInput(serializers.Serializer[Any]):
    """Which maps: `b0`, `FA`, `MD`, `AD`, `RD`, `colFA`, `V1`; those that the protocol derives where none is named."""

    maps = serializers.ListField(child=serializers.CharField(max_length=16), default=list, max_length=16)
