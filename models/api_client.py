"""A program that reads or writes by the API: what it may do, and the hash of its token."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.columns import Instant


class Scope(StrEnum):
    READ = "read"  # of restricted matters number, colour, state and dates only
    RESTRICTED = "restricted"  # and all of them, too
    PEOPLE = "people"  # units, people and posts
    WRITE = "write"  # hand in rows of the ledger, and what a unit hands in line by line
    DIRECTORY = "directory"  # hand in units, people and posts
    CALENDAR = "calendar"  # change days of the calendar


class ApiClient(SQLModel, table=True):
    """`scopes` are divided by spaces. What was revoked stays, so that its name keeps a meaning."""

    __tablename__ = "api_client"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    scopes: str
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes.split()
