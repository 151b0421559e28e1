"""Measurements: values against thresholds or a path, and what a change for the worse opens."""
