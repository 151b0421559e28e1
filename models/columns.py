"""What SQLModel does not bring: aware instants, and enums stored and checked by value."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator, literal_column


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(enum: type[StrEnum]) -> Any:
    """A column type that stores an enum's values (SQLAlchemy's default stores its names)."""
    return Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,  # declared by name beside the table: see one_of()
        length=32,
        validate_strings=True,
    )


def written_out(*values: str) -> list[Any]:
    """For an IN whose values stand in the statement: a database uses a partial index only when it
    can read them."""
    return [literal_column(f"'{value}'") for value in values]


def one_of(column: str, enum: type[StrEnum]) -> str:
    """The CHECK condition that keeps a column inside an enum's values."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return f"{column} IN ({values})"
