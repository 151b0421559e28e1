"""Rows by a list of ids that is one parameter: the statement stays the same, however many they are.

SQLAlchemy's own IN is written anew for each list, which costs more than running it.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Dialect, Integer, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Ids(TypeDecorator[Sequence[int]]):
    """An array where the database has them; else JSON."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return ARRAY(Integer) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class among(FunctionElement[bool]):  # noqa: N801  # reads as SQLAlchemy's own exists, not_
    """Whether a column's value is one of these."""

    type = Boolean()
    inherit_cache = True
    _is_implicitly_boolean = True  # else SQLite would get "… = 1", for which no index is used


THESE = bindparam("these", type_=Ids())


@compiles(among)
def _in_json(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, these = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({these}))"


@compiles(among, "postgresql")
def _in_array(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, these = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY({these})"
