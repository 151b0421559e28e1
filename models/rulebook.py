"""Policies and procedures as the database keeps them: the file's own words, frozen."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class Policy(SQLModel, table=True):
    """One version of one policy file. A task keeps the version it started with."""

    id: int = Field(default=None, primary_key=True)
    name: str
    version: str
    title: str
    source: str  # the TOML text
    loaded_at: datetime = Field(sa_type=Instant)

    __table_args__ = (UniqueConstraint("name", "version", name="policy_version"),)


class Procedure(SQLModel, table=True):
    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    title: str = Field(unique=True)
    policy_name: str
    restricted: bool = False
    source: str  # the TOML text
    loaded_at: datetime = Field(sa_type=Instant)
