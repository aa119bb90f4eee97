"""Choosing among many cases from their stored summaries, beside reading every case's probability map again."""

import gzip
import json
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from selection.pool import Pool, ScoredCase
from selection.strategies import STRATEGIES, choose
from selection.summary import CaseSummary, Sampling, case_summary
from selection.uncertainty import PredictionSamples

CLASSES, NUMBERS = 9, 256
SHAPE = (96, 96, 48)
READ_MAPS = 6


def table() -> str:
    """From stored rows to a choice of ten: seconds and the most memory; and the peer, on six maps."""
    with tempfile.TemporaryDirectory(prefix="radicula-bench-") as folder:
        rows = []
        for cases in (1_000, 10_000):
            path = Path(folder) / f"{cases}.jsonl"
            _write(path, cases)
            for name in ("entropy", "clasp", "coreset", "mix"):
                seconds, peak = _measured(path, name)
                rows.append(
                    f"| {STRATEGIES[name].title}, 10 of {cases:,} cases | {seconds:.2f} s | {peak / 2**20:.1f} MiB |"
                )
        naive = _maps(Path(folder))
    grid = "x".join(map(str, SHAPE))
    peer = f"| reading 1,000 probability maps ({grid}, {CLASSES} classes, float16) and summing their entropy "
    measured = f"| {naive * 1000:.0f} s ({naive:.2f} s each, over {READ_MAPS}) | |"
    return "\n".join(["| what | time | most memory |", "|---|---|---|", *rows, peer + measured])


def _write(path: Path, cases: int) -> None:
    random = np.random.default_rng(0)
    with path.open("w") as stream:
        for number in range(cases):
            parts = random.random(CLASSES - 1) * 100
            summary = CaseSummary(
                scores={"entropy": float(parts.sum()), "margin": float(parts.max())},
                class_entropy=tuple(parts.tolist()),
                class_mm3=tuple((random.random(CLASSES - 1) * 500).tolist()),
                region_mm3=9000.0,
                located=True,
                samples=1,
                margin_mm=3.0,
            )
            embedding = random.normal(size=NUMBERS).astype(np.float32)
            row = {"name": f"case-{number}", "summary": summary.to_json(), "embedding": embedding.tobytes().hex()}
            stream.write(json.dumps(row) + "\n")


def _cases(path: Path) -> Iterator[ScoredCase]:
    with path.open() as stream:
        for line in stream:
            row = json.loads(line)
            embedding = np.frombuffer(bytes.fromhex(row["embedding"]), dtype=np.float32)
            yield ScoredCase(row["name"], CaseSummary.from_json(row["summary"]), embedding)


def _measured(path: Path, strategy: str) -> tuple[float, int]:
    started = time.perf_counter()
    choose(strategy, Pool.gather(_cases(path)), 10, seed=0)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    choose(strategy, Pool.gather(_cases(path)), 10, seed=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak


def _maps(folder: Path) -> float:
    random = np.random.default_rng(0)
    logits = random.normal(size=(CLASSES, *SHAPE))
    logits[0] += 8.0
    odds = np.exp(logits)
    content = gzip.compress((odds / odds.sum(axis=0)).astype(np.float16).tobytes(), 1)
    for number in range(READ_MAPS):
        (folder / f"{number}.gz").write_bytes(content)
    started = time.perf_counter()
    for number in range(READ_MAPS):
        raw = np.frombuffer(gzip.decompress((folder / f"{number}.gz").read_bytes()), np.float16)
        samples = PredictionSamples()
        samples.add(raw.reshape(CLASSES, *SHAPE))
        case_summary(samples, Sampling.PLAIN, (0.8, 0.8, 0.8))
    return (time.perf_counter() - started) / READ_MAPS
