"""Charts as SVG, drawn from plain counts; and as PNG, for Word."""
