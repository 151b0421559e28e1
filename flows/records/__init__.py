"""What happened and what came of it: kept, corrected, counted; and reported figures."""
