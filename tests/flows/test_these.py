"""A list of ids as one parameter."""

from sqlalchemy import select, text
from sqlmodel import col

from flows.database import reading
from flows.these import THESE, among
from models import ReplyLink

LINKS = select(col(ReplyLink.id)).where(among(col(ReplyLink.message_id), THESE))


def test_rows_by_their_ids_are_found_by_an_index(office):
    with reading(office.engine) as session:
        dialect = session.get_bind().dialect
        asked, sqlite = str(LINKS.compile(dialect=dialect)), dialect.name == "sqlite"
        if not sqlite:  # it scans what is small, whatever there is to use
            session.execute(text("SET LOCAL enable_seqscan = off"))
        prefix, given = ("EXPLAIN QUERY PLAN", ("[1]",)) if sqlite else ("EXPLAIN", {"these": [1]})
        plan = session.connection().exec_driver_sql(f"{prefix} {asked}", given).all()

    assert "ix_reply_link_message_id" in str(plan)


def test_it_is_the_same_statement_however_many_they_are(office):
    with reading(office.engine) as session:
        found = [session.execute(LINKS, {"these": ids}).all() for ids in ([], [1], [1, 2, 3])]

    assert found == [[], [], []]
