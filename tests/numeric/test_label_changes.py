"""Changes of label maps, and the gzip whose chunks are changed alone: the outcome is the same bytes as of the whole."""

import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mri import chunked_gzip
from mri.chunked_gzip import CHUNK_BYTES, ChunkDamaged, ChunkedGzip, chunk_bytes_for
from mri.errors import ImageError
from mri.label_changes import LabelChanges

SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 17)


def noise(size: int, seed: int = 0) -> bytes:
    return bytes(np.random.default_rng(seed).integers(0, 4, size, dtype=np.uint8))


@pytest.mark.parametrize("size", SIZES)
def test_any_reader_unpacks_it_and_its_index_is_found_again(size: int) -> None:
    data = noise(size)
    packed = ChunkedGzip.compress(data)
    file = packed.to_bytes()
    assert gzip.decompress(file) == data
    assert zlib.decompressobj(31).decompress(file) == data
    assert ChunkedGzip.parse(file) == packed
    assert ChunkedGzip.zeros(size) == ChunkedGzip.compress(bytes(size))


def test_changed_chunks_give_the_file_of_the_whole() -> None:
    before, after = bytearray(noise(4 * CHUNK_BYTES + 5)), bytearray(noise(4 * CHUNK_BYTES + 5))
    after[CHUNK_BYTES + 3] = 9
    after[-1] = 7
    packed = ChunkedGzip.parse(ChunkedGzip.compress(bytes(before)).to_bytes())
    assert packed is not None
    changed = {1: bytes(after[CHUNK_BYTES : 2 * CHUNK_BYTES]), 4: bytes(after[4 * CHUNK_BYTES :])}
    assert packed.with_chunks(changed).to_bytes() == ChunkedGzip.compress(bytes(after)).to_bytes()
    assert packed.chunk(1) == bytes(before[CHUNK_BYTES : 2 * CHUNK_BYTES])


def test_other_gzip_has_no_index_and_a_damaged_chunk_is_named() -> None:
    assert ChunkedGzip.parse(gzip.compress(b"labels")) is None
    assert ChunkedGzip.parse(b"") is None
    packed = ChunkedGzip.compress(noise(100))
    broken = ChunkedGzip(packed.total_bytes, packed.chunk_bytes, packed.packed, (packed.checks[0] ^ 1,))
    with pytest.raises(ChunkDamaged, match="Chunk 0"):
        broken.chunk(0)


def test_the_index_of_the_largest_volume_fits_the_header() -> None:
    for size in (chunked_gzip._MOST_CHUNKS * CHUNK_BYTES, chunked_gzip._MOST_CHUNKS * CHUNK_BYTES + 1, 2**35):
        assert -(-size // chunk_bytes_for(size)) <= chunked_gzip._MOST_CHUNKS
    # ISIZE is modulo 2**32: the length comes from the index.
    packed = ChunkedGzip(2**33 + 5, CHUNK_BYTES << 10, (b"",) * 33, (0,) * 33)
    assert ChunkedGzip.parse(packed.to_bytes()) == packed


maps = st.lists(st.integers(0, 3), min_size=60, max_size=60).map(lambda v: np.array(v, np.uint8).reshape(5, 4, 3))


@given(maps, maps, st.integers(1, 61))
def test_changes_lead_from_one_map_to_the_other_part_by_part(base: np.ndarray, other: np.ndarray, part: int) -> None:
    changes = LabelChanges.from_bytes(LabelChanges.between(base, other).to_bytes(), 60)
    flat, wanted = base.ravel(order="F").copy(), other.ravel(order="F")
    touched = changes.touched(part)
    assert touched == sorted(set(np.flatnonzero(flat != wanted) // part))
    for number in touched:
        changes.apply(flat[number * part : (number + 1) * part], number * part)
    assert (flat == wanted).all()
    counts = {int(v): int(n) for v, n in zip(*np.unique(base[base > 0], return_counts=True), strict=True)}
    expected = {int(v): int(n) for v, n in zip(*np.unique(other[other > 0], return_counts=True), strict=True)}
    assert changes.counts_after(counts) == expected
    assert changes.voxels == int((base != other).sum())


def test_a_run_over_many_parts_touches_each() -> None:
    changes = LabelChanges.between(np.zeros((100, 1, 1), np.uint8), np.ones((100, 1, 1), np.uint8))
    assert (changes.touched(9), changes.voxels, changes.starts.size) == (list(range(12)), 100, 1)


def runs(*rows: tuple[int, int, int, int]) -> bytes:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4)
    types = ("<u4", "<u4", "<u2", "<u2")
    return (
        b"RLC1"
        + len(rows).to_bytes(4, "little")
        + b"".join(columns[:, n].astype(kind).tobytes() for n, kind in enumerate(types))
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "RLC1"),
        (b"RLC2" + bytes(4), "RLC1"),
        (runs((0, 1, 0, 1))[:-1], "19 bytes came, 20 were expected"),
        (runs((0, 1, 0, 1)) + b"x", "21 bytes came"),
        (runs((5, 2, 0, 1), (6, 1, 0, 1)), "ascend"),
        (runs((5, 1, 0, 1), (2, 1, 0, 1)), "ascend"),
        (runs((0, 0, 0, 1)), "ascend"),
        (runs((59, 2, 0, 1)), "60 voxels"),
        (runs((2**32 - 1, 2**32 - 1, 0, 1)), "60 voxels"),
        (runs((0, 1, 2, 2)), "same value"),
    ],
)
def test_what_is_no_change_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ImageError, match=words) as refused:
        LabelChanges.from_bytes(body, 60)
    assert refused.value.reason == "bad-changes"


def test_a_change_of_another_map_is_refused() -> None:
    changes = LabelChanges.from_bytes(runs((3, 4, 1, 2)), 60)
    with pytest.raises(ImageError, match="4 voxels do not") as refused:
        changes.apply(np.zeros(60, np.uint8))
    assert refused.value.reason == "base-mismatch"
