"""Words as the octets that SQLite keeps them in: a mail's need not be decoded to be sent."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class in_octets(FunctionElement[Any]):  # noqa: N801  # reads as SQLAlchemy's own functions
    """A column's words in UTF-8; as they are on PostgreSQL, which would write octets as digits."""

    type = Text()
    inherit_cache = True


@compiles(in_octets)
def _as_blob(element: in_octets, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS BLOB)"


@compiles(in_octets, "postgresql")
def _as_it_is(element: in_octets, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)
