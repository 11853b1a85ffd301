"""Helpers of `python -m benchmarks.api`: servers on one core, load from another."""
