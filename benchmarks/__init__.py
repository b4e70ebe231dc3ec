"""Speeds as ratios; `python -m benchmarks` prints the table."""
