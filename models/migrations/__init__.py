"""Alembic's versions, and what of a database is not declared by the models."""

from typing import Any

# The index of words: on SQLite in tables of its own making, on PostgreSQL over a function.
WORDS = ("task_words", "task_terms", "task_grams")


def declared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether Alembic is to compare it with the models."""
    return kind not in ("table", "index") or not (name or "").startswith(WORDS)
