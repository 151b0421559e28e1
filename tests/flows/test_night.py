"""One night on real databases: what it says, when it is refused, and that it happens once."""

import json
from datetime import date, time, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from flows.database import reading
from flows.night import STEPS, Fenced, NightRun, Step, rehearse_night, run_night
from flows.night_dates import NightRefused
from flows.night_lock import NightBusy, held
from models import Message, Night, Notice, Receipt, Transition
from models.message import MessageState
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import colour, digests, everything, notices, play, rows, summaries, wind

DUE = date(2022, 7, 13)  # a Wednesday
DAY = date(2022, 7, 14)
NEXT = DAY + timedelta(days=1)


class Died(Exception):
    """The runner was killed here."""


def dies_before(name: str, caught: list[tuple[Step, NightRun]] | None = None):
    """A runner of steps that dies when this step is due."""

    def run_step(step: Step, run: NightRun) -> None:
        if step.name == name:
            if caught is not None:
                caught.append((step, run))
            raise Died
        step.act(run)

    return run_step


def test_a_task_one_day_over_turns_blue_and_its_handler_is_told(office, cast: Cast):
    cast.task("甲-1", DUE)

    result = play(office, DAY)

    assert colour(office, "甲-1") == Colour.BLUE
    assert result["escalated"]["blue"] == 1
    [notice], [receipt], [message] = rows(office, Notice), rows(office, Receipt), digests(office)
    assert notice.number == "定督〔2022〕1号"
    assert (notice.acknowledge_by, notice.answer_by) == (date(2022, 7, 15), date(2022, 7, 19))
    assert receipt.official_id == cast.alice
    assert "甲-1" in message.body.text


def test_the_result_says_what_the_contract_promises(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("乙-1", date(2022, 5, 13))

    result = play(office, DAY)

    seconds, audit_head = result.pop("seconds"), result.pop("audit_head")
    assert result == {
        "date": "2022-07-14",
        "run_id": "night-2022-07-14",
        "orchestrator": "inline",
        "scanned": 2,
        "escalated": {"blue": 1, "yellow": 0, "orange": 0, "red": 1},
        "relieved": 0,
        "notices": 2,
        "recipients": 4,
        "messages": {"queued": 5, "sent": 0, "deferred": 5, "failed": 0, "unknown": 0},
        "unresolved": 0,
    }
    assert seconds >= 0
    assert len(audit_head) == 64


def test_a_night_in_which_nothing_is_due_asks_sixty_times_at_most(office, cast: Cast):
    cast.task("甲-1", date(2022, 9, 13), opened_on=date(2022, 7, 1))
    wind(office, date(2022, 7, 4), date(2022, 7, 6))
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(office.engine, "before_cursor_execute", note)
    play(office, date(2022, 7, 7))

    assert len([statement for statement in asked if not statement.startswith("BEGIN")]) <= 60


def test_the_same_night_twice_changes_nothing_and_says_the_same(office, cast: Cast):
    cast.task("甲-1", DUE)
    first, kept = play(office, DAY), everything(office.engine)

    again = run_night(office, on=DAY, now=instant(DAY, time(11)))

    assert again == first
    assert everything(office.engine) == kept


def test_a_quiet_night_is_a_night_too(office, cast: Cast):
    cast.task("甲-1", date(2022, 12, 30))

    result = play(office, DAY)

    assert (result["scanned"], result["notices"], result["recipients"]) == (1, 0, 0)
    assert [m.official_id for m in summaries(office)] == [cast.olga]


def test_a_night_that_has_not_come_yet_is_refused(office, cast: Cast):
    cast.task("甲-1", DUE)
    before = everything(office.engine)

    with pytest.raises(NightRefused) as refused:
        run_night(office, on=NEXT, now=instant(DAY))

    assert str(refused.value) == (
        "2022-07-15 has not come yet (today is 2022-07-14); use --dry-run to look ahead"
    )
    assert everything(office.engine) == before


def test_the_date_of_today_is_that_of_the_offices_clocks(office, cast: Cast):
    """At 00:30 in Shanghai it is still yesterday in UTC."""
    assert run_night(office, on=DAY, now=instant(DAY, time(0, 30)))["date"] == "2022-07-14"


def test_a_night_before_the_last_one_is_refused(office, cast: Cast):
    play(office, DAY)

    for now in (instant(NEXT), instant(DAY - timedelta(days=1))):  # also: the clock set back
        with pytest.raises(NightRefused, match="lies before the last night, 2022-07-14"):
            run_night(office, on=DAY - timedelta(days=1), now=now)


def test_a_rehearsal_says_what_would_happen_and_keeps_nothing(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("乙-1", date(2022, 7, 22))
    before = everything(office.engine)

    said = rehearse_night(office, on=DAY, now=instant(DAY))

    assert (said["escalated"]["blue"], said["notices"], said["recipients"]) == (1, 1, 1)
    assert said["orchestrator"] == "dry-run"
    assert everything(office.engine) == before
    played = play(office, DAY)
    assert {k: played[k] for k in ("escalated", "notices", "recipients", "scanned")} == {
        k: said[k] for k in ("escalated", "notices", "recipients", "scanned")
    }


def test_a_rehearsal_may_look_ahead(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    before = everything(office.engine)

    said = rehearse_night(office, on=date(2022, 7, 20), now=instant(DAY))

    assert said["escalated"]["yellow"] == 1
    assert everything(office.engine) == before


def test_the_rehearsal_of_a_night_that_was_played_says_what_it_did(office, cast: Cast):
    cast.task("甲-1", DUE)

    assert rehearse_night(office, on=DAY, now=instant(DAY)) != play(office, DAY)
    assert rehearse_night(office, on=DAY, now=instant(DAY)) == play(office, DAY)


@pytest.mark.parametrize("name", ["sweep", "issue", "compose", "report", "close"])
def test_the_rehearsal_of_a_night_that_died_goes_on_from_there(office, cast: Cast, name: str):
    cast.task("甲-1", DUE)
    with pytest.raises(Died):
        run_night(office, on=DAY, now=instant(DAY), run_step=dies_before(name))
    before = everything(office.engine)

    said = rehearse_night(office, on=DAY, now=instant(DAY))

    assert (said["escalated"]["blue"], said["notices"], said["recipients"]) == (1, 1, 1)
    assert everything(office.engine) == before


def test_two_nights_at_once_are_kept_apart(office, cast: Cast):
    cast.task("甲-1", DUE)
    before = everything(office.engine)

    with held(office.engine), pytest.raises(NightBusy) as busy:
        play(office, DAY)

    assert str(busy.value) == (
        "another runner is playing a night; this one changed nothing, try again later"
    )
    assert busy.value.exit_code == 1
    assert everything(office.engine) == before
    assert play(office, DAY)["notices"] == 1


def test_a_night_that_fails_lets_go_of_its_lock(office, cast: Cast):
    with pytest.raises(Died):
        run_night(office, on=DAY, now=instant(DAY), run_step=dies_before("issue"))

    with held(office.engine):
        pass


@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_a_runner_that_was_overtaken_stops(office, cast: Cast, name: str):
    """It lost its lock (a connection that broke) and wakes up after another took over."""
    cast.task("甲-1", DUE)
    slept: list[tuple[Step, NightRun]] = []
    with pytest.raises(Died):
        run_night(office, on=DAY, now=instant(DAY), run_step=dies_before(name, slept))
    play(office, DAY)
    before = everything(office.engine)

    [(step, run)] = slept
    with pytest.raises(Fenced, match="another runner has taken this night over"):
        step.act(run)

    assert everything(office.engine) == before


def test_an_earlier_night_that_died_is_finished_first(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("乙-1", DAY)
    with pytest.raises(Died):
        run_night(office, on=DAY, now=instant(DAY), run_step=dies_before("issue"))

    result = play(office, NEXT)

    assert [(n.on, n.step, n.epoch) for n in rows(office, Night)] == [
        (DAY, "closed", 2),
        (NEXT, "closed", 1),
    ]
    assert notices(office, "甲-1")[0].issued_on == DAY
    assert notices(office, "乙-1")[0].issued_on == NEXT
    assert (result["date"], result["notices"]) == ("2022-07-15", 1)
    assert json.loads(rows(office, Night)[0].result)["notices"] == 1
    [first, second] = digests(office, cast.alice)
    assert (first.state, second.state) == (MessageState.SUPERSEDED, MessageState.QUEUED)
    assert "甲-1" in second.body.text
    assert "乙-1" in second.body.text


def test_escalations_of_one_night_name_it_and_their_clock(office, cast: Cast):
    cast.task("甲-1", DUE)

    wind(office, DAY, NEXT)

    with reading(office.engine) as session:
        [raised] = session.exec(select(Transition)).all()
        [night] = session.exec(select(Night).where(Night.on == DAY)).all()
    assert (raised.night_id, raised.on, raised.cause) == (night.id, DAY, "due +1d")
    assert raised.at == instant(DAY)


def test_the_mail_of_a_night_is_frozen_in_the_outbox(office, cast: Cast):
    cast.task("甲-1", DUE)

    play(office, DAY)

    for mail in rows(office, Message):
        assert (mail.state, mail.attempts, mail.composed_at) == ("queued", 0, instant(DAY))
        assert mail.message_id.endswith("@office.example>")
