"""Who handles a task is told also where its row names nobody."""

from datetime import date, timedelta

from flows.database import reading
from flows.task_list import task_rows
from models import Post
from models.organisation import PostKind
from tests.conftest import Cast
from tests.kept import edit, rows

DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)


def handler(office, on: date = DAY) -> str | None:
    with reading(office.engine) as session:
        [row] = task_rows(session, on)
    return row.handler


def test_it_is_whoever_holds_the_post_on_that_day_else_the_head_of_the_unit(office, cast: Cast):
    cast.task("甲-1", DUE, handler_id=None)
    [post] = rows(office, Post, Post.kind == PostKind.HANDLER, Post.unit_id == cast.unit)
    assert handler(office) == "alice"

    edit(office, Post, post.id, until_on=DAY)

    assert handler(office) == "alice"
    assert handler(office, DAY + timedelta(days=1)) == "dora"


def test_whom_the_task_names_comes_first(office, cast: Cast):
    cast.task("甲-1", DUE, handler_id=cast.bob)
    assert handler(office) == "bob"
