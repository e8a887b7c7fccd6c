"""Benchmarks: every figure is a ratio against a bare limit measured in the same run."""
