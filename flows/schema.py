"""The schema's version: bringing a database up to this code, and refusing one that is not."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

import models
from flows.database import place_of
from models.refusal import Refusal

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(models.__file__).parent / "migrations"


class SchemaMismatch(Refusal):
    """The database and this code do not belong together."""

    exit_code = 1


class NeverSetUp(SchemaMismatch):
    """There is no database yet, or the settings lead to where none is."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"数据库尚未建立（{place}）；新装的请先运行 sise init，已在使用的请核对 SISE_HOME "
            "和 SISE_DATABASE_URL 是否已设置",
            f"the database has not been set up yet ({place}); run 'sise init' for a new office, "
            "else see whether SISE_HOME and SISE_DATABASE_URL are set here",
        )


def upgrade(engine: Engine) -> bool:
    """Create the tables, or bring them up to this code; True if there was something to do."""
    from alembic import command  # loaded for this alone: every command asks for the version

    with engine.execution_options(sise_writes=True).connect() as connection:
        present = _present(connection)
        _refuse_newer(present)
        if present == newest():
            return False
        command.upgrade(_config(connection), "head")
        connection.commit()  # Alembic leaves it to its caller
        return True


def downgrade(engine: Engine) -> None:
    """Remove every table and what is in it."""
    from alembic import command  # as above

    with engine.execution_options(sise_writes=True).connect() as connection:
        command.downgrade(_config(connection), "base")
        connection.commit()  # as above


def require_current(engine: Engine) -> None:
    """Raises SchemaMismatch unless the database is exactly at this code's version."""
    with engine.connect() as connection:
        present = _present(connection)
    _refuse_newer(present)
    if present is None:
        raise NeverSetUp(place_of(engine))
    if present != newest():
        raise SchemaMismatch(
            "数据库版本低于本程序；请先备份，再运行 sise init 升级",
            "the database is older than this version of Sise; run 'sise init' to bring it up "
            "(make a copy first)",
        )


def newest() -> str:
    return _revisions()[0]


@cache
def _revisions() -> tuple[str, ...]:
    """The newest first: the file of each begins with its name."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))


def _present(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _refuse_newer(present: str | None) -> None:
    if present is not None and present not in _revisions():
        raise SchemaMismatch(
            f"数据库由更新版本的 Sise 建立（结构版本 {present}），或由首次发布前的版本建立；"
            "请使用该版本，本版本会损坏数据（如只是演示数据，可删除 SISE_HOME 目录后重来）",
            f"the database was made by a newer version of Sise (schema {present}), or by one from "
            "before the first release; use that version, this one would damage it (if it holds "
            "only a demo, remove SISE_HOME and begin anew)",
        )


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
