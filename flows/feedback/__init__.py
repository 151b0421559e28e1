"""What the public says: taken in, dealt with, and what its sender is told."""
