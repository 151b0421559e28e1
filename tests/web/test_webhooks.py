"""The page of the webhooks: added with a secret that is shown once, tried, removed."""

import re

import pytest

from models import Official, Post, Webhook
from models.organisation import PostKind
from tests.kept import add, everything, play, rows
from tests.receivers import receiving
from tests.web.conftest import DAY, DUE

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/webhooks"


@pytest.fixture
def adam(office, cast, sign_in):
    """An administrator's browser."""
    add(office, Official(name="adam", unit_id=cast.unit, email="adam@dinghai.example"))
    cast.people["adam"] = rows(office, Official)[-1].id
    add(
        office,
        Post(official_id=cast.adam, unit_id=cast.unit, kind=PostKind.ADMINISTRATOR),
    )
    return sign_in("adam")


def test_a_webhook_is_registered_tried_and_removed(adam, office, cast):
    with receiving() as there:
        said = {"name": "大屏", "address": there.address, "events": ["warning", "sign-off"]}
        shown = adam.post(PATH, data=said)
        [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown.text)
        [hook] = rows(office, Webhook)
        assert (hook.events, hook.added_by) == ("warning sign-off", "adam")
        assert secret not in adam.get(PATH).text, "it was shown once"
        assert secret not in str(everything(office.engine))

        assert adam.post(f"{PATH}/{hook.id}/trial").status_code == 303
        cast.task("甲-1", DUE)
        play(office, DAY)
        page = adam.get(f"{PATH}/{hook.id}").text
        assert "试验" in page
        assert "预警升级" in page
        assert "204 No Content" in page

        assert adam.post(f"{PATH}/{hook.id}/remove").status_code == 422
        assert adam.post(f"{PATH}/{hook.id}/remove", data={"sure": "yes"}).status_code == 303
        assert adam.post(f"{PATH}/{hook.id}/trial").status_code == 422, "it is removed"

    assert len(there.posts) == 2
    assert rows(office, Webhook)[0].removed_by == "adam"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": ""}, "请写明推送地址的名称"),
        ({"address": "ftp://x/"}, "地址须为完整的"),
        ({"address": "http://user:pass@x/"}, "地址须为完整的"),
        ({"address": "http://x:port/"}, "地址须为完整的"),
        ({"address": "http:///x"}, "地址须为完整的"),
        ({"events": ["warning.nothing"]}, "没有“warning.nothing”这种变动"),
        ({"procedures": ["nothing"]}, "没有“nothing”这类事项"),
    ],
)
def test_what_cannot_be_registered_is_given_back_with_why(adam, office, said, told):
    answer = adam.post(PATH, data={"name": "大屏", "address": "http://x/"} | said)

    assert answer.status_code == 422
    assert told in answer.text
    assert rows(office, Webhook) == []


def test_a_receiver_that_fails_is_seen_on_the_page(adam, office, cast):
    with receiving(lambda post: 500) as there:
        adam.post(PATH, data={"name": "大屏", "address": there.address})
        for n in range(3):
            cast.task(f"甲-{n}", DUE)
        play(office, DAY)

    assert "已暂停" in adam.get(PATH).text
    assert "500 Internal Server Error" in adam.get(f"{PATH}/1").text
    assert "takes nothing" in adam.get("/healthz").text or "已暂停" in adam.get("/healthz").text
