"""The facts of the office's documents, and the file that they are written into."""
