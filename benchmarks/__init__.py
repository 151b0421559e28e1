"""Measured as ratios in one run, side by side on the same tables. `make bench`."""
