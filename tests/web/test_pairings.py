"""领导联系结对 at the desk: added, its visits shown, ended."""

from datetime import date

import pytest

from models import Pairing, PairingEnd
from tests.flows.duties.files import duty, load
from tests.kept import play, rows
from tests.responsibility import keep_away
from tests.stories.test_a_leader_is_paired_with_a_village import VISITS

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/pairings"
ONE = {"topic": "薄弱村", "leader": "carol", "subject": "新建村", "kind": "village"}


def test_a_pairing_is_added_owes_a_visit_and_is_ended(office, cast, sign_in):
    load(office, duty(**VISITS), date(2022, 6, 1))
    olga = sign_in("olga")
    assert "目前没有结对" in olga.get(PATH).text
    refused = olga.post(PATH, data=ONE | {"leader": "谁"})
    assert refused.status_code == 422
    assert 'value="新建村"' in refused.text, "what was written is given back"
    assert olga.post(PATH, data=ONE | {"from": "2022-06-20"}).status_code == 303
    assert olga.post(PATH, data=ONE).status_code == 422
    play(office, date(2022, 7, 1))
    page = olga.get(f"{PATH}/1").text
    assert "2022年7月结对走访：新建村" in page
    assert "carol → 新建村" in page
    assert "逾期" not in olga.get(PATH).text

    assert olga.post(f"{PATH}/1", data={"reason": ""}).status_code == 422
    assert olga.post(f"{PATH}/1", data={"reason": "换届"}).status_code == 303
    page = olga.get(f"{PATH}/1").text
    assert "换届" in page
    assert "结束结对" not in page
    assert [one.until_on for one in rows(office, PairingEnd)] == [date(2022, 7, 14)]
    assert len(rows(office, Pairing)) == 1


def test_whoever_stands_aside_from_a_visit_does_not_find_it(office, cast, sign_in):
    load(office, duty(**VISITS), date(2022, 6, 1))
    sign_in("olga").post(PATH, data=ONE | {"from": "2022-06-20"})
    play(office, date(2022, 7, 1))
    keep_away(office, "结对〔2022〕1号", date(2022, 7, 2), official_id=cast.hugo)
    assert "结对〔2022〕1号" not in sign_in("hugo").get(f"{PATH}/1").text
    assert sign_in("hugo").post(PATH, data=ONE).status_code == 404
    for who in ("alice", "carol", "dora", "mallory"):
        assert sign_in(who).get(PATH).status_code == 404


def test_a_field_of_one_line_keeps_no_new_line(office, cast, sign_in):
    load(office, duty(**VISITS), date(2022, 6, 1))
    sign_in("olga").post(PATH, data=ONE | {"from": "2022-06-20", "subject": "新建\r\n村\n"})
    assert [one.subject for one in rows(office, Pairing)] == ["新建 村"]
