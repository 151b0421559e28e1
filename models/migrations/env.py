"""Alembic's entry: the connection comes from flows.schema, the target is models' metadata."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import models  # noqa: F401  # makes the metadata whole
from models.migrations import declared


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations speak plain SQLAlchemy."""
    return "sa.String()" if kind == "type" and isinstance(item, AutoString) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render,
    include_name=declared,
)
with context.begin_transaction():
    context.run_migrations()
