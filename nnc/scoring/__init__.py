"""Metrics, their intervals, and what they rest on: needs numpy alone, for reports and trainings alike."""
