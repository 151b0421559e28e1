"""The pages of whoever looks after the desk: each role, each page."""

import re

import pytest

from flows.database import transaction
from flows.signing_in import offer_sign_in
from models import Message, Official, Policy, Post, Procedure, Task, Unit
from models.organisation import PostKind
from tests.asked import asked
from tests.kept import add, rows
from tests.web.conftest import DAY, DUE, NOON
from web.desk_pages import PAGES

OWN = {"定督"}  # what the office's own numbers and policies say
FOR_ALL_WHO_SEE_ALL = {
    *("/petitions", "/reports"),
    *("/", "/figures", "/notices", "/postings", "/calendar", "/policies", "/nights", "/audit"),
    *("/duties", "/measurements", "/pairings", "/scores"),
}
FOR_WHO_KEEPS_THE_DIRECTORY = {
    *("/acts", "/outcomes", "/reported"),
    *("/outbox", "/people", "/import", "/feedback-register"),
}
OPEN = {
    **{who: {"/"} for who in ("alice", "bob", "mallory")},
    "dora": {"/", "/scores"},  # the head of a unit may object
    "carol": {"/", "/postings", "/reports", "/scores"},  # a supervising leader may approve one
    **dict.fromkeys(("hugo", "ruth"), FOR_ALL_WHO_SEE_ALL),
    "olga": FOR_ALL_WHO_SEE_ALL | FOR_WHO_KEEPS_THE_DIRECTORY,
    "adam": FOR_ALL_WHO_SEE_ALL | FOR_WHO_KEEPS_THE_DIRECTORY | {"/webhooks"},
}


@pytest.fixture
def everybody(office, cast):
    """Ruth reviews, and Adam looks after the system."""
    for name, kind in (("ruth", PostKind.REVIEWER), ("adam", PostKind.ADMINISTRATOR)):
        add(office, Official(name=name, unit_id=cast.unit, email=f"{name}@dinghai.example"))
        cast.people[name] = rows(office, Official)[-1].id
        add(office, Post(official_id=cast.people[name], unit_id=cast.unit, kind=kind))


@pytest.fixture
def warned(everybody, cast, night):
    """One matter of everybody's unit, and one that is restricted."""
    cast.task("甲-1", DUE, title="校车监管不到位")
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()


BELOW = {  # pages below these, and what is done there: each is open to whom its page is
    "/outbox": ["/outbox/1", "/outbox/burden"],
    "/nights": [f"/nights/{DAY}"],
    "/policies": ["/policies/default"],
    "/figures": ["/figures/wall", "/figures?flat=yes&by=month"],
    "/audit": ["/audit/changes"],
    "/people": [
        *("/people/1", "/people/new", "/people/units/1", "/people/units/new"),
        *("/people/hand-over", "/people/unreachable", "/policies/load"),
    ],
}
SET_UP = {  # what is done to a unit, and to a person
    "/people/units/1": ("rename", "move", "close", "reopen"),
    "/people/1": ("give", "post", "away", "absence", "correct", "retire", "back"),
}
ACTS = [
    ("/outbox/1/again", {"sure": "yes", "seen": "0"}),
    ("/calendar", {"on": "2022-07-15", "seen": "0"}),
    ("/acts", {"kind": ""}),
    ("/outcomes", {"kind": ""}),
    ("/reported", {"code": "x"}),
    ("/reported/1/approve", {}),
    ("/people/units/new", {"act": "add", "name": ""}),
    ("/people/new", {"act": "add", "name": ""}),
    ("/people/hand-over", {"giver": "nobody@dinghai.example"}),
    ("/import", {}),
    ("/import/confirm", {"sha256": "none"}),
    ("/policies/load", {}),
    ("/policies/load/confirm", {"text": "", "name": "x.toml"}),
    *((path, {"act": act, "seen": "99"}) for path, acts in SET_UP.items() for act in acts),
]


@pytest.mark.parametrize("who", list(OPEN))
def test_each_page_and_what_lies_below_it_is_there_for_those_whose_it_is_and_for_nobody_else(
    warned, sign_in, who
):
    """And of what is restricted nobody but the office and administrators sees a word."""
    browser = sign_in(who)

    words = {}
    for page in PAGES:
        for path in (page.path, *BELOW.get(page.path, ())):
            answer = browser.get(path)
            assert answer.status_code == (200 if page.path in OPEN[who] else 404), path
            words[path] = answer.text
    led = re.search(r'<nav class="wide pages".*?</nav>', words["/"], re.DOTALL)
    open_to_him = set(re.findall(r'href="([^"]+)"', led[0])) if led else {"/"}
    assert open_to_him == OPEN[who]
    seen = any("某人的线索" in said for said in words.values())
    assert seen is (who in ("olga", "adam"))


@pytest.mark.parametrize("who", ["adam", "mallory"])
def test_whoever_only_asks_whether_a_page_is_there_is_told_the_same(everybody, sign_in, who):
    browser = sign_in(who)

    found = {page.path: browser.head(page.path).status_code for page in PAGES}

    assert found == {page.path: 200 if page.path in OPEN[who] else 404 for page in PAGES}


@pytest.mark.parametrize("who", list(OPEN))
def test_only_office_and_administrators_act(warned, sign_in, digest_of_database, who):
    browser = sign_in(who)
    before = digest_of_database()

    answers = {browser.post(path, data=said).status_code for path, said in ACTS}

    assert answers == ({422} if who in ("olga", "adam") else {404}), "neither could be done here"
    assert digest_of_database() == before


def test_without_a_session_each_page_asks_to_sign_in(browser, cast):
    for page in PAGES:
        assert browser.get(page.path).headers["location"] == "/login"


def test_the_line_names_the_page_that_is_open(warned, sign_in):
    page = sign_in("olga").get("/notices").text

    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/notices"]


def test_no_page_asks_the_database_more_often_for_many_than_for_few(
    everybody, office, cast, night, sign_in
):
    def often(browser) -> dict[str, int]:
        counts = {}
        for page in PAGES:
            with asked(office.engine) as sent:
                browser.get(page.path)
            counts[page.path] = len(sent)
        return counts

    cast.task("甲-0", DUE)
    night()
    few = often(sign_in("olga"))
    for n in range(1, 12):
        cast.task(f"甲-{n}", DUE)
    night(DUE.replace(day=15))

    many = often(sign_in("olga"))
    assert {path: (few[path], n) for path, n in many.items() if n > few[path]} == {}
    assert max(few.values()) < 36


def test_in_english_the_pages_are_english(warned, office, cast, english):
    with transaction(office.engine, NOON) as session:
        link = offer_sign_in(session, session.get_one(Official, cast.olga), NOON)
    english.post(f"/login/{link}")
    of_the_office = {unit.name for unit in rows(office, Unit)}
    of_the_office |= {task.title for task in rows(office, Task)}
    of_the_office |= {one.title for table in (Policy, Procedure) for one in rows(office, table)}
    of_the_office |= {mail.subject for mail in rows(office, Message)}

    for path in [
        *(page.path for page in PAGES),
        *BELOW["/people"],
        "/audit/changes",
        *BELOW["/figures"],
        "/outbox/burden",
    ]:
        shown = re.sub(r"<[^>]*>", " ", english.get(path).text)
        for own in sorted(of_the_office, key=len, reverse=True):
            shown = shown.replace(own, "")
        left = [word for word in re.findall(r"[\u4e00-\u9fff]{2,}", shown) if word not in OWN]
        assert left == [], path
