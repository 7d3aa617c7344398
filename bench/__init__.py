"""Benchmarks: each prints what it does and, as its last line, one JSON object (docs/benchmarks.md)."""
