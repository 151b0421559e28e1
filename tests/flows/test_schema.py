"""The schema: migrations and models say the same; a database of another version is refused."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

from flows.database import open_engine
from flows.schema import MIGRATIONS, SchemaMismatch, newest, require_current, upgrade
from models.migrations import declared


# SQLite's reflection passes over the index of the board, which has an expression in it.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_the_migrations_make_exactly_what_the_models_declare(engine):
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": declared}
        context = MigrationContext.configure(connection, opts=opts)

        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_newest_migration_is_the_last_by_the_names_of_the_files():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    chain = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert chain == sorted(chain, reverse=True)
    assert newest() == chain[0]


def test_upgrading_twice_does_nothing_the_second_time(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")

    assert upgrade(engine) is True
    assert upgrade(engine) is False


@pytest.mark.usefixtures("made_anew")
def test_a_database_that_is_newer_than_the_code_is_refused(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaMismatch, match="newer version of Sise"):
        require_current(engine)
    with pytest.raises(SchemaMismatch, match="newer version of Sise"):
        upgrade(engine)


def test_an_empty_database_asks_for_sise_init(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    with pytest.raises(SchemaMismatch, match="sise init"):
        require_current(engine)
