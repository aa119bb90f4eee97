"""Gzip whose parts can be changed alone.

One ordinary gzip member (RFC 1952) that every reader unpacks, cut into chunks that are deflated each by itself and end
on a byte. The header's extra field lists them, so that a changed chunk is unpacked, changed and packed again while all
others are copied as they are: the cost of a change follows the change, not the volume. dictzip and BGZF do the same; a
browser reads no further than BGZF's first member, and dictzip's chunks are at most 64 KiB.

The extra field, little-endian: ``b"RC"``, uint16 length of what follows, uint32 bytes per chunk, and for each chunk two
uint32: its packed length and the CRC-32 of its unpacked bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

CHUNK_BYTES = 256 * 1024
DEFAULT_LEVEL = 6

_HEADER = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
_MARK = b"RC"
_END = b"\x03\x00"
"""An empty last block: the chunks themselves end with none."""
_MOST_CHUNKS = (0xFFFF - 8) // 8
_RAW_DEFLATE = -15
_CRC_POLYNOMIAL = 0xEDB88320


class ChunkDamaged(ValueError):
    """The bytes of a chunk don't give what the index says."""


@dataclass(frozen=True)
class ChunkedGzip:
    """Packed bytes by chunks. The same bytes, level and zlib always give the same file.

    Attributes
    ----------
    total_bytes : int
        How many bytes are packed.
    chunk_bytes : int
        How many of them each chunk holds; the last one may hold fewer.
    packed : tuple of bytes
        Each chunk, deflated.
    checks : tuple of int
        The CRC-32 of each unpacked chunk.
    """

    total_bytes: int
    chunk_bytes: int
    packed: tuple[bytes, ...]
    checks: tuple[int, ...]

    @classmethod
    def compress(cls, data: bytes | memoryview, level: int = DEFAULT_LEVEL) -> ChunkedGzip:
        """Pack some bytes."""
        view = memoryview(data).cast("B")
        step = chunk_bytes_for(view.nbytes)
        pieces = [bytes(view[at : at + step]) for at in range(0, view.nbytes, step)]
        # Most of a label map is background: equal chunks are packed once.
        known: dict[bytes, tuple[bytes, int]] = {}
        made = []
        for piece in pieces:
            if piece not in known:
                known[piece] = (_deflate(piece, level), zlib.crc32(piece))
            made.append(known[piece])
        return cls(view.nbytes, step, tuple(packed for packed, _ in made), tuple(check for _, check in made))

    @classmethod
    def zeros(cls, total_bytes: int, level: int = DEFAULT_LEVEL) -> ChunkedGzip:
        """Pack so many zero bytes, without ever holding them all."""
        step = chunk_bytes_for(total_bytes)
        whole, rest = divmod(total_bytes, step)
        full, last = cls.compress(bytes(min(step, total_bytes)), level), cls.compress(bytes(rest), level)
        return cls(total_bytes, step, full.packed * whole + last.packed, full.checks * whole + last.checks)

    @classmethod
    def parse(cls, file: bytes) -> ChunkedGzip | None:
        """Read the index of a file; None where it is gzip of another make."""
        if file[:10] != _HEADER or file[12:14] != _MARK or len(file) < 30:
            return None
        (length,) = struct.unpack_from("<H", file, 14)
        count, left = divmod(length - 4, 8)
        if left or 20 + 8 * count + len(_END) + 8 > len(file):
            return None
        (chunk_bytes,) = struct.unpack_from("<I", file, 16)
        numbers = struct.unpack_from(f"<{2 * count}I", file, 20)
        lengths, checks = numbers[::2], numbers[1::2]
        at = 20 + 8 * count
        packed = []
        for size in lengths:
            packed.append(file[at : at + size])
            at += size
        (low_size,) = struct.unpack_from("<I", file, len(file) - 4)
        last = (low_size - 1) % chunk_bytes + 1 if count else 0
        return cls(max(0, count - 1) * chunk_bytes + last, chunk_bytes, tuple(packed), tuple(checks))

    def chunk(self, number: int) -> bytes:
        """Unpack one chunk.

        Raises
        ------
        ChunkDamaged
            If its bytes are not what the index says.
        """
        expected = min(self.chunk_bytes, self.total_bytes - number * self.chunk_bytes)
        try:
            piece = zlib.decompressobj(_RAW_DEFLATE).decompress(self.packed[number], expected)
        except zlib.error as error:
            raise ChunkDamaged(f"Chunk {number} is damaged.") from error
        if len(piece) != expected or zlib.crc32(piece) != self.checks[number]:
            raise ChunkDamaged(f"Chunk {number} is damaged.")
        return piece

    def with_chunks(self, chunks: Mapping[int, bytes], level: int = DEFAULT_LEVEL) -> ChunkedGzip:
        """Put other bytes in the place of some chunks; this object stays as it is."""
        packed, checks = list(self.packed), list(self.checks)
        for number, piece in chunks.items():
            packed[number], checks[number] = _deflate(piece, level), zlib.crc32(piece)
        return replace(self, packed=tuple(packed), checks=tuple(checks))

    def to_bytes(self) -> bytes:
        """The file."""
        index = [number for pair in zip(map(len, self.packed), self.checks, strict=True) for number in pair]
        field = struct.pack(f"<2sHI{len(index)}I", _MARK, 4 + 4 * len(index), self.chunk_bytes, *index)
        end = struct.pack("<II", self._crc(), self.total_bytes & 0xFFFFFFFF)
        return b"".join((_HEADER, struct.pack("<H", len(field)), field, *self.packed, _END, end))

    def _crc(self) -> int:
        total, left = 0, self.total_bytes
        for check in self.checks:
            total = _times(_shift_by(min(self.chunk_bytes, left)), total) ^ check
            left -= self.chunk_bytes
        return total


def chunk_bytes_for(total_bytes: int) -> int:
    """How long chunks are for so many bytes: the index must fit into the extra field's 64 KiB."""
    step = CHUNK_BYTES
    while step * _MOST_CHUNKS < total_bytes:
        step *= 2
    return step


def _deflate(piece: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _RAW_DEFLATE)
    return packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


# The CRC-32 of joined pieces from the CRC-32 of each: appending n bytes to the first multiplies its CRC, as a vector
# over GF(2), by the n-th power of the matrix that one zero byte stands for (zlib's crc32_combine, which Python lacks).


@lru_cache(maxsize=64)
def _shift_by(count: int) -> tuple[int, ...]:
    bit = (_CRC_POLYNOMIAL, *(1 << n for n in range(31)))
    power = bit
    for _ in range(3):
        power = _product(power, power)
    result = tuple(1 << n for n in range(32))
    while count:
        if count & 1:
            result = _product(power, result)
        power = _product(power, power)
        count >>= 1
    return result


def _product(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(_times(a, column) for column in b)


def _times(matrix: tuple[int, ...], vector: int) -> int:
    total, n = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[n]
        vector >>= 1
        n += 1
    return total
