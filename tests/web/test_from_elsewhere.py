"""No form that another site sends does anything, at any page that takes one; and no page leads
to another site."""

import pytest

from tests.web.conftest import DUE
from tests.web.test_who_may_what import MATRIX

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POSTS = sorted(
    {(line.path, tuple(line.sent.items())) for (how, _), line in MATRIX.items() if how == "POST"}
)
THEIRS = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://sise.example.evil.example"},
    {"Origin": "http://sise.example:81"},
    {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://sise.example"},
)


@pytest.mark.parametrize("headers", THEIRS, ids=str)
def test_what_another_site_sends_is_turned_away_everywhere(
    cast, night, sign_in, digest_of_database, headers
):
    cast.task("甲-1", DUE)
    night()
    olga = sign_in("olga")
    before = digest_of_database()
    for path, sent in POSTS:
        assert olga.post(path, data=dict(sent), headers=headers).status_code == 403, path
    assert digest_of_database() == before


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/login",
        "//evil.example/login/",
        "/login/?next=//evil.example",
        "/healthz/",
        "/people/",
        "/r/x?go=//evil.example",
        "/r/x?go=/tasks/../../..//evil.example",
        "/r/x?go=https://evil.example",
        "/\\evil.example",
        "/tasks/甲-1/?next=https://evil.example",
    ],
)
def test_no_address_leads_to_another_site(cast, sign_in, path):
    page = sign_in("olga").get(path, headers={"Host": "evil.example"})
    to = page.headers.get("location", "/")
    assert to.startswith("/"), to
    assert not to.startswith(("//", "/\\")), to


@pytest.mark.parametrize("host", ["[::1", "a@b:99999", "127.0.0.1:abc", "evil.example/x?", ""])
@pytest.mark.parametrize("path", ["/login", "/people/", "/mailbox", "/healthz"])
def test_a_name_that_is_none_is_no_failure(browser, cast, host, path):
    assert browser.get(path, headers={"Host": host}).status_code < 500
