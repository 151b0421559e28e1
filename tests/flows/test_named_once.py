"""Two who name something at the same moment: one does, and the other is told in one sentence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from flows.api_clients import let_in
from flows.database import transaction
from flows.duties.registering import load_duty
from flows.hooks.registering import add_webhook, remove_webhook
from flows.measures.series import load_series, versions
from flows.office import Office
from flows.rulebook import bring_policy
from flows.scores.schemes import load_scheme
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import DutyTemplate, MeasurementSeries, Policy, ScoreScheme, Webhook
from models.api_client import Scope
from models.refusal import Refusal
from tests.conftest import SEEDS, instant
from tests.flows.duties.files import duty
from tests.flows.measures.files import series
from tests.flows.scores.files import HEAD, RED
from tests.kept import rows, until_it_waits

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
NOW = instant(date(2022, 6, 1))
BY = Unattended(COMMAND_LINE, date(2022, 6, 1), NOW)
Act = Callable[[Session], Any]


def hook(office: Office) -> Act:
    facts: dict[str, Any] = {"events": (), "procedures": (), "by": COMMAND_LINE, "now": NOW}
    address = "https://screen.example/"
    return lambda session: add_webhook(session, office, name="大屏", address=address, **facts)


def policy(title: str) -> Act:
    text = (SEEDS / "policies" / "default.toml").read_text(encoding="utf-8")
    lines = [f'title = "{title}"' if x.startswith("title =") else x for x in text.splitlines()]
    lines = ['version = "2"' if x.startswith("version =") else x for x in lines]
    return lambda session: bring_policy(session, BY, "\n".join(lines), file="default.toml")


def one_behind_the_other(office: Office, first: Act, second: Act) -> None:
    """The second begins before the first has committed."""

    def committed() -> None:
        with transaction(office.engine, NOW) as session:
            second(session)

    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, NOW) as session:
            first(session)
            running = other.submit(committed)
            until_it_waits(office, running)
        running.result()


def test_numbers_of_duties_belong_to_one(office, cast):
    first, second = duty(name='"first"'), duty(name='"second"')
    load = partial(load_duty, actor=BY, file="duty.toml")

    with pytest.raises(Refusal, match="first"):
        one_behind_the_other(office, lambda s: load(s, first), lambda s: load(s, second))
    assert [one.name for one in rows(office, DutyTemplate)] == ["first"]


def test_numbers_of_series_belong_to_one(office, cast):
    load = partial(load_series, actor=BY, file="series.toml")
    other = series(name='"other"')

    with pytest.raises(Refusal, match="growth"):
        one_behind_the_other(office, lambda s: load(s, series()), lambda s: load(s, other))
    assert [one.name for one in rows(office, MeasurementSeries)] == ["growth"]


def test_two_texts_of_one_name_are_two_versions(office, cast):
    load = partial(load_series, actor=BY, file="series.toml")
    one_behind_the_other(office, lambda s: load(s, series()), lambda s: load(s, series(green="6")))
    scheme = partial(load_scheme, actor=BY, file="scores.toml")
    changed = HEAD.replace("base = 100", "base = 90")
    one_behind_the_other(
        office, lambda s: scheme(s, HEAD + RED), lambda s: scheme(s, changed + RED)
    )

    [kept] = rows(office, MeasurementSeries)
    with transaction(office.engine, NOW) as session:
        assert [one.n for one in versions(session, kept)] == [2, 1]
    assert sorted(one.version for one in rows(office, ScoreScheme)) == [1, 2]


def test_a_version_of_a_policy_has_one_text(office, cast):
    with pytest.raises(Refusal, match="other content"):
        one_behind_the_other(office, policy("甲"), policy("乙"))
    assert [one.title for one in rows(office, Policy) if one.version == "2"] == ["甲"]


def test_a_webhook_is_added_once_and_removed_once(office, cast):
    with pytest.raises(Refusal, match="take another name"):
        one_behind_the_other(office, hook(office), hook(office))
    with pytest.raises(Refusal, match="there is no webhook"):
        one_behind_the_other(
            office,
            lambda s: remove_webhook(s, "大屏", by="甲", now=NOW),
            lambda s: remove_webhook(s, "大屏", by="乙", now=NOW),
        )
    assert [one.removed_by for one in rows(office, Webhook)] == ["甲"]


def test_a_program_has_its_name_alone(office, cast):
    def let(session: Session) -> None:
        let_in(session, "大屏", [Scope.READ], NOW)

    with pytest.raises(Refusal, match="take another name"):
        one_behind_the_other(office, let, let)
