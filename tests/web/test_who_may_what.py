"""Each role, each page and each act: whose it is, and that for nobody else it is there.

The pages and acts are those that the application has: a new one without a line here fails.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, time

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import MutableHeaders

from flows.database import transaction
from flows.signing_in import offer_sign_in
from models import Notice, Official, Task
from tests.conftest import instant
from tests.kept import rows
from tests.web.conftest import _browser, on_sqlite
from tests.web.district import DAY, HANDLER, NO_PART, UNIT, District, marks, played_district
from web.app import _PARTS, create_app
from web.headers import protect

AFTER = instant(date(2022, 7, 15), time(12))
ROLES = {
    "alice": "the handler of 甲-1",
    "carol": "her supervising leader",
    "dora": "the head of her unit, who is asked to decide",
    "erin": "a handler of another unit",
    "olga": "the supervision office",
    "hugo": "the head of the leading group",
    "rita": "a reviewer",
    "adam": "an administrator",
    "mallory": "somebody without a post",
}
EVERYBODY = frozenset(ROLES)
NOBODY = frozenset[str]()
HOUSE = frozenset({"olga", "adam"})
SEES_ALL = HOUSE | {"hugo", "rita"}
SEES_IT = SEES_ALL | {"alice", "carol", "dora"}  # 甲-1
ITS_OWN = HOUSE | {"erin"}  # a restricted proposal, and who handed it in
POSTED = SEES_ALL | {"carol"}
SCORED = SEES_ALL | {"carol", "dora"}
TOKEN = "f" * 32  # of nobody: what a link opens is its owner's, whoever is signed in


@dataclass(frozen=True)
class Line:
    """`sent`: a form that is understood, and that cannot be done as it is."""

    path: str
    whose: Collection[str]
    public: bool = False
    sent: dict[str, str] = field(default_factory=dict)


MATRIX: dict[tuple[str, str], Line] = {
    ("GET", "/r/{token}/evidence/{evidence_id}"): Line(f"/r/{TOKEN}/evidence/1", NOBODY, True),
    ("GET", "/r/{token}/tasks/{number:path}/application"): Line(
        f"/r/{TOKEN}/tasks/甲-1/application", NOBODY, True
    ),
    ("POST", "/r/{token}/tasks/{number:path}/application"): Line(
        f"/r/{TOKEN}/tasks/甲-1/application", NOBODY, True
    ),
    ("GET", "/r/{token}/tasks/{number:path}/requests/{kind}"): Line(
        f"/r/{TOKEN}/tasks/甲-1/requests/extension", NOBODY, True
    ),
    ("POST", "/r/{token}/tasks/{number:path}/requests/{kind}"): Line(
        f"/r/{TOKEN}/tasks/甲-1/requests/extension", NOBODY, True
    ),
    ("GET", "/r/{token}/tasks/{number:path}"): Line(f"/r/{TOKEN}/tasks/甲-1", NOBODY, True),
    ("GET", "/r/{token:path}"): Line(f"/r/{TOKEN}", NOBODY, True),
    ("POST", "/r/{token:path}"): Line(f"/r/{TOKEN}", NOBODY, True),
    ("GET", "/login"): Line("/login", EVERYBODY, True),
    ("POST", "/login"): Line("/login", EVERYBODY, True),
    ("GET", "/login/{token:path}"): Line(f"/login/{TOKEN}", NOBODY, True),
    ("POST", "/login/{token:path}"): Line(f"/login/{TOKEN}", NOBODY, True),
    ("GET", "/mailbox"): Line("/mailbox", NOBODY, True),  # for whoever sits at the machine
    ("GET", "/mailbox/{caught_id}"): Line("/mailbox/1", NOBODY, True),
    ("GET", "/mailbox/{caught_id}/html"): Line("/mailbox/1/html", NOBODY, True),
    ("GET", "/healthz"): Line("/healthz", EVERYBODY, True),
    ("GET", "/metrics"): Line("/metrics", EVERYBODY, True),
    ("GET", "/"): Line("/", EVERYBODY),
    ("GET", "/tasks/{number:path}"): Line("/tasks/甲-1", SEES_IT),
    ("GET", "/tasks/{number:path}/evidence/{evidence_id}"): Line(
        "/tasks/甲-1/evidence/1", HOUSE | {"alice", "dora"}
    ),
    ("GET", "/tasks/{number:path}/application"): Line("/tasks/甲-1/application", {"alice"}),
    ("POST", "/tasks/{number:path}/application"): Line("/tasks/甲-1/application", {"alice"}),
    ("GET", "/tasks/{number:path}/requests/{kind}"): Line(
        "/tasks/甲-1/requests/extension", {"alice"}
    ),
    ("POST", "/tasks/{number:path}/requests/{kind}"): Line(
        "/tasks/甲-1/requests/extension", {"alice"}
    ),
    # Whoever sees the task is told that the act is not his.
    ("POST", "/tasks/{number:path}/office"): Line("/tasks/甲-1/office", SEES_IT),
    ("GET", "/tasks/{number:path}/office/{name}"): Line("/tasks/甲-1/office/reassign", HOUSE),
    ("POST", "/tasks/{number:path}/office/{name}"): Line("/tasks/甲-1/office/reassign", HOUSE),
    ("GET", "/referrals"): Line("/referrals", EVERYBODY),
    ("POST", "/referrals"): Line("/referrals", EVERYBODY),
    ("GET", "/referrals/{referral}"): Line("/referrals/1", {"dora"}),
    ("POST", "/referrals/{referral}"): Line("/referrals/1", {"dora"}),
    ("GET", "/referrals/{referral}/paper"): Line("/referrals/1/paper", HOUSE),
    ("POST", "/referrals/{referral}/paper"): Line("/referrals/1/paper", HOUSE),
    ("GET", "/people/unreachable"): Line("/people/unreachable", HOUSE),
    ("GET", "/people/hand-over"): Line("/people/hand-over", HOUSE),
    ("POST", "/people/hand-over"): Line("/people/hand-over", HOUSE),
    ("GET", "/lists/{name}"): Line("/lists/problems", EVERYBODY),
    ("GET", "/look-backs"): Line("/look-backs", SEES_ALL),
    ("GET", "/figures"): Line("/figures", SEES_ALL),
    ("GET", "/figures/wall"): Line("/figures/wall", SEES_ALL),
    ("GET", "/figures/wall.css"): Line("/figures/wall.css", EVERYBODY, True),
    ("GET", "/outbox/burden"): Line("/outbox/burden", HOUSE),
    ("GET", "/notices"): Line("/notices", SEES_ALL),
    ("GET", "/notices/{notice_id}/print"): Line("/notices/NOTICE/print", SEES_IT),
    ("GET", "/slips/{number:path}/print"): Line("/slips/批-1/print", SEES_IT),
    ("GET", "/slips/{number:path}/word"): Line("/slips/批-1/word", SEES_IT),
    ("GET", "/acts"): Line("/acts", HOUSE),
    ("POST", "/acts"): Line("/acts", HOUSE),
    ("GET", "/acts/{number}"): Line("/acts/1", HOUSE),
    ("POST", "/acts/{number}"): Line("/acts/1", HOUSE),
    ("GET", "/outcomes"): Line("/outcomes", HOUSE),
    ("POST", "/outcomes"): Line("/outcomes", HOUSE),
    ("GET", "/outcomes/{number}"): Line("/outcomes/2", HOUSE),
    ("POST", "/outcomes/{number}"): Line("/outcomes/2", HOUSE),
    ("GET", "/reported"): Line("/reported", HOUSE),
    ("POST", "/reported"): Line("/reported", HOUSE),
    ("POST", "/reported/{number}/approve"): Line("/reported/1/approve", HOUSE),  # it is already
    ("GET", "/reports"): Line("/reports", POSTED),
    ("POST", "/reports"): Line("/reports", HOUSE, sent={"to": "no day"}),
    ("GET", "/reports/drafts/{draft_id}"): Line("/reports/drafts/1", POSTED),
    ("GET", "/reports/drafts/{draft_id}/print"): Line("/reports/drafts/1/print", POSTED),
    ("POST", "/reports/drafts/{draft_id}/decide"): Line("/reports/drafts/1/decide", POSTED),
    ("GET", "/reports/{number}"): Line("/reports/1", HOUSE),
    ("GET", "/reports/{number}/{figure:path}"): Line("/reports/1/visits", HOUSE),
    ("GET", "/outbox"): Line("/outbox", HOUSE),
    ("GET", "/outbox/{message_id}"): Line("/outbox/1", HOUSE),
    ("POST", "/outbox/{message_id}/again"): Line("/outbox/1/again", HOUSE),
    ("GET", "/nights"): Line("/nights", SEES_ALL),
    ("GET", "/nights/{on}"): Line(f"/nights/{DAY}", SEES_ALL),
    ("GET", "/feedback"): Line("/feedback", EVERYBODY, True),
    ("POST", "/feedback"): Line("/feedback", EVERYBODY, True),
    ("POST", "/feedback/state"): Line("/feedback/state", NOBODY, True, {"reference": "X"}),
    ("GET", "/feedback-register"): Line("/feedback-register", HOUSE),
    ("POST", "/feedback-register"): Line("/feedback-register", HOUSE),
    ("GET", "/feedback-register/{key}"): Line("/feedback-register/1", HOUSE),
    ("POST", "/feedback-register/{key}"): Line("/feedback-register/1", HOUSE),
    ("GET", "/petitions"): Line("/petitions", SEES_ALL),
    ("GET", "/petitions/print"): Line("/petitions/print", SEES_ALL),
    ("GET", "/petitions/xlsx"): Line("/petitions/xlsx", SEES_ALL),
    ("GET", "/proposals"): Line("/proposals", EVERYBODY),
    ("POST", "/proposals"): Line("/proposals", EVERYBODY),  # who has no unit is told so
    **{
        ("GET", f"/proposals/{{number:path}}{end}"): Line(f"/proposals/预审-2022-001{end}", ITS_OWN)
        for end in ("", "/print", "/word")
    },
    ("POST", "/proposals/{number:path}"): Line("/proposals/预审-2022-001", ITS_OWN),
    ("GET", "/postings"): Line("/postings", POSTED),
    ("POST", "/postings"): Line("/postings", HOUSE),
    ("GET", "/postings/{draft_id}"): Line("/postings/2", POSTED),
    ("GET", "/postings/{draft_id}/print"): Line("/postings/2/print", POSTED),
    ("POST", "/postings/{draft_id}/decide"): Line("/postings/2/decide", POSTED),
    ("GET", "/scores"): Line("/scores", SCORED),
    ("POST", "/scores"): Line("/scores", HOUSE),
    ("GET", "/scores/rules/{name}"): Line("/scores/rules/monthly", SEES_ALL),
    ("GET", "/scores/{sheet_id}"): Line("/scores/1", SCORED),
    ("GET", "/scores/{sheet_id}/print"): Line("/scores/1/print", SEES_ALL),
    ("POST", "/scores/{sheet_id}/decide"): Line("/scores/1/decide", SCORED),
    ("GET", "/scores/{sheet_id}/units/{n}"): Line("/scores/1/units/1", SCORED),
    ("POST", "/scores/{sheet_id}/units/{n}"): Line("/scores/1/units/1", SCORED),
    ("GET", "/duties"): Line("/duties", SEES_ALL),
    ("POST", "/duties"): Line("/duties", HOUSE),
    ("GET", "/duties/{name}"): Line("/duties/summary", SEES_ALL),
    ("POST", "/duties/{name}"): Line("/duties/summary", HOUSE),
    ("GET", "/pairings"): Line("/pairings", SEES_ALL),
    ("POST", "/pairings"): Line("/pairings", HOUSE),
    ("GET", "/pairings/{key}"): Line("/pairings/1", SEES_ALL),
    ("POST", "/pairings/{key}"): Line("/pairings/1", HOUSE),
    ("GET", "/measurements"): Line("/measurements", SEES_ALL),
    ("GET", "/measurements/{name}"): Line("/measurements/growth", SEES_ALL),
    ("POST", "/measurements/{name}"): Line("/measurements/growth", HOUSE),
    ("GET", "/policies"): Line("/policies", SEES_ALL),
    ("GET", "/policies/{name}"): Line("/policies/default", SEES_ALL),
    ("GET", "/calendar"): Line("/calendar", SEES_ALL),
    ("POST", "/calendar"): Line("/calendar", HOUSE),
    ("GET", "/people"): Line("/people", HOUSE),
    ("GET", "/people/new"): Line("/people/new", HOUSE),
    ("POST", "/people/new"): Line("/people/new", HOUSE),
    ("GET", "/people/{key}"): Line("/people/1", HOUSE),
    ("POST", "/people/{key}"): Line("/people/1", HOUSE),
    ("GET", "/people/units/new"): Line("/people/units/new", HOUSE),
    ("POST", "/people/units/new"): Line("/people/units/new", HOUSE),
    ("GET", "/people/units/{key}"): Line("/people/units/1", HOUSE),
    ("POST", "/people/units/{key}"): Line("/people/units/1", HOUSE),
    ("GET", "/policies/load"): Line("/policies/load", HOUSE),
    ("POST", "/policies/load"): Line("/policies/load", HOUSE),
    ("POST", "/policies/load/confirm"): Line("/policies/load/confirm", HOUSE),
    ("GET", "/import"): Line("/import", HOUSE),
    ("POST", "/import"): Line("/import", HOUSE),
    ("GET", "/export"): Line("/export", HOUSE),
    ("POST", "/import/confirm"): Line("/import/confirm", HOUSE),
    ("GET", "/audit"): Line("/audit", SEES_ALL),
    ("GET", "/audit/changes"): Line("/audit/changes", SEES_ALL),
    ("GET", "/webhooks"): Line("/webhooks", {"adam"}),
    ("POST", "/webhooks"): Line("/webhooks", {"adam"}),
    ("GET", "/webhooks/{hook_id}"): Line("/webhooks/1", {"adam"}),
    ("POST", "/webhooks/{hook_id}/trial"): Line("/webhooks/2/trial", {"adam"}),  # it is removed
    ("POST", "/webhooks/{hook_id}/remove"): Line("/webhooks/1/remove", {"adam"}),
}
OF_THE_BROWSER = {("POST", "/logout")}  # it ends one's own session, whoever one is
DONE = {200, 409, 422}  # it is there: it shows, or says why this cannot be done


@pytest.fixture
def district(office, bench) -> District:
    return played_district(bench)


def entered(office, clock, district: District, who: str | None) -> TestClient:
    """A browser in which this person is signed in, or nobody."""
    clock.now = AFTER
    browser = _browser(create_app(office, clock=clock))
    if who is not None:
        with transaction(office.engine, AFTER) as session:
            official = session.get_one(Official, district.people[who])
            link = offer_sign_in(session, official, AFTER)
        assert browser.post(f"/login/{link}").status_code == 303
    return browser


def places() -> set[tuple[str, str]]:
    """Every page and act that the application has, as (method, path)."""
    routes = [route for part in _PARTS for route in part.router.routes]
    return {(method, one.path) for one in routes for method in one.methods - {"HEAD"}}


def test_every_page_and_act_of_the_application_has_its_line():
    assert places() == set(MATRIX) | OF_THE_BROWSER


@on_sqlite
def test_each_page_and_act_is_there_for_those_whose_it_is_and_for_nobody_else(
    office, clock, district, digest_of_database
):
    """And who has no part in the restricted lead finds no mark of it in any answer."""
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    wanted: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    notice = _notice_of(office, "甲-1")
    marked: dict[str, list[tuple[str, str]]] = defaultdict(list)
    browsers = {who: entered(office, clock, district, who) for who in (None, *ROLES)}
    before = digest_of_database()
    for who, browser in browsers.items():
        name = who or "nobody"
        for place, line in MATRIX.items():
            if line.public and who not in (None, "alice"):
                continue  # a session is of no help there
            path = line.path.replace("NOTICE", str(notice))
            data = {"data": line.sent} if place[0] == "POST" else {}
            answer = browser.request(place[0], path, **data)
            found[name][place] = _said(answer)
            if who in NO_PART and marks(answer.text, UNIT, HANDLER):
                marked[name].append(place)
            wanted[name][place] = _expected(who, line)
        assert digest_of_database() == before, f"{who} has changed something"

    for name in wanted:
        differ = {p: said for p, said in found[name].items() if said != wanted[name][p]}
        assert differ == {}, name
    assert marked == {}


def _expected(who: str | None, line: Line) -> str:
    if who is None and not line.public:
        return "sign in"
    open_to = line.whose == EVERYBODY if who is None else who in line.whose
    return "there" if open_to else "not there"


def _said(answer) -> str:
    if answer.status_code in DONE:
        return "there"
    if answer.status_code == 303 and answer.headers["location"] == "/login":
        return "sign in"
    return "not there" if answer.status_code == 404 else str(answer.status_code)


def _notice_of(office, number: str) -> int:
    [task] = rows(office, Task, Task.number == number)
    return rows(office, Notice, Notice.task_id == task.id)[0].id


@on_sqlite
def test_what_an_act_says_to_whoever_sees_the_matter_and_is_not_the_office(
    office, clock, district, digest_of_database
):
    """With a form that the office could send."""
    said = {"act": "withdraw", "reason": "重复"}
    for who in ("alice", "carol", "hugo"):
        browser = entered(office, clock, district, who)
        before = digest_of_database()
        answer = browser.post("/tasks/甲-1/office", data=said)
        assert answer.status_code in (404, 422), who
        assert digest_of_database() == before


def test_every_paper_may_bring_its_look_along():
    """And no other page may: only there are styles in the page itself."""
    for method, place in places():
        if method == "GET" and not place.startswith("/mailbox"):
            headers = MutableHeaders()
            protect(headers, MATRIX[method, place].path.replace("NOTICE", "1"))
            inline = "style-src 'unsafe-inline'" in headers["content-security-policy"]
            assert inline == place.endswith("/print"), place
