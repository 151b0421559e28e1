"""`sise webhook`: added, tried, listed and removed; and `sise deliver` sends them."""

import pytest

from tests.receivers import receiving
from tests.sise.conftest import Sise


def test_a_webhook_is_told_of_a_night_and_of_nothing_once_it_is_removed(kept: Sise) -> None:
    with receiving() as there:
        added = kept.done("webhook", "add", "大屏", there.address, "--event", "warning", "--json")
        tried = kept.done("webhook", "test", "大屏", "--json").json
        kept.done("night", "--inline", "--json")
        delivered = kept.done("deliver", "--json").json
        [listed] = kept.done("webhook", "list", "--json").json
        kept.done("webhook", "remove", "大屏")

    assert added.json["secret"].startswith("whsec_")
    assert (tried["taken"], tried["status"]) == (True, 204)
    assert len(there.posts) == 4, "a trial, and three colours"
    assert delivered["webhooks"] == {"taken": 0, "failed": 0}, "the night sent them"
    assert (listed["events"], listed["failures"]) == ("warning", 0)
    assert not {"salt", "key_id"} & set(listed)
    assert "已移除" in kept.done("webhook", "list").out


def test_a_trial_that_is_not_taken_ends_with_1_and_says_why(kept: Sise) -> None:
    with receiving(lambda post: 404) as there:
        kept.done("webhook", "add", "大屏", there.address)
        tried = kept("webhook", "test", "大屏")

    assert tried.code == 1
    assert "404 Not Found" in tried.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "大屏", "mailto:x"), "地址须为完整的"),
        (("add", "大屏", "http://x", "--event", "blue"), "没有“blue”这种变动"),
        (("add", "大屏", "http://x", "--procedure", "x"), "没有“x”这类事项"),
        (("remove", "无"), "没有名为“无”的推送地址"),
        (("test", "无"), "没有名为“无”的推送地址"),
    ],
)
def test_what_cannot_be_is_refused(kept: Sise, words: tuple[str, ...], said: str) -> None:
    assert said in kept.refused("webhook", *words, code=2)


def test_a_name_is_not_used_twice(kept: Sise) -> None:
    kept.done("webhook", "add", "大屏", "http://x")
    kept.done("webhook", "remove", "大屏")

    assert "大屏" in kept.refused("webhook", "add", "大屏", "http://y", code=2)
