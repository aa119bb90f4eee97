"""Benchmarks: `make bench` runs them and writes `docs/benchmarks.md`. Nothing here asserts a speed."""
