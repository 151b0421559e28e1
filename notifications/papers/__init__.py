"""The office's documents: what stands in them, and how Word and a browser show it."""
