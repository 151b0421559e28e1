"""考核: rules turn the history into explained points; results, objections, corrections."""
