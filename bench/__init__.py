"""Measurements, each figure beside its ceiling in the same run: see docs/bench.md."""
