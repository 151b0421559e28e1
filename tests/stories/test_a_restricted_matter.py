"""Promise: of a restricted matter no mail ever says more than number, colour and dates."""

from datetime import date

from models import Message
from tests.conftest import Cast
from tests.kept import rows, wind

SECRET = ("某某", "挪用", "区教育局")


def test_a_restricted_matter(office, cast: Cast):
    """From the first reminder up to red, and in the office's summaries."""
    cast.task("线-1", date(2022, 7, 13), title="某某挪用资金问题", restricted=True)

    for first, last in ((3, 4), (10, 14), (20, 20), (26, 27)):
        wind(office, date(2022, 7, first), date(2022, 7, last))

    mails = rows(office, Message)
    assert {m.to_name for m in mails} == {"alice", "carol", "dora", "olga"}
    for mail in mails:
        for part in (mail.subject, mail.body.text, mail.body.html):
            assert not [word for word in SECRET if word in part]
    assert any("线-1" in mail.body.text for mail in mails)
    assert any("定督〔2022〕1号" in mail.body.text for mail in mails)
