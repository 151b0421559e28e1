"""A copy of one whole office in one file, and the way back from it."""
