"""Recurring duties: templates whose occurrences the night opens as tasks."""
