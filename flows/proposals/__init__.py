"""报审: what is handed in line by line, and decided line by line."""
