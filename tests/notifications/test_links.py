"""Tokens: derived again at every sending, known to nobody who has the database alone."""

import re

from hypothesis import given
from hypothesis import strategies as st

from notifications.links import Live, fill, new_salt, placeholder, reply_url, token, token_hash

SECRET = b"not a secret: a test"


def test_a_token_is_128_bits_in_hex_and_the_same_each_time():
    salt = new_salt()

    assert re.fullmatch("[0-9a-f]{32}", token(SECRET, salt))
    assert token(SECRET, salt) == token(SECRET, salt)
    assert token(SECRET, salt) != token(SECRET, new_salt())
    assert token(SECRET, salt) != token(b"another", salt)


def test_what_the_outbox_and_the_database_keep_is_not_the_token():
    salt = new_salt()
    live = token(SECRET, salt)

    assert live not in placeholder(salt)
    assert live not in token_hash(live)
    assert token_hash(live) != salt


def test_every_placeholder_becomes_the_link_that_the_page_looks_for():
    salts = [new_salt() for _ in range(3)]
    body = "".join(f'<a href="{placeholder(salt)}">{placeholder(salt)}</a>\n' for salt in salts)

    filled = fill(body.encode(), Live(SECRET, "http://sise.example/")).decode()

    urls = [reply_url("http://sise.example", token(SECRET, salt)) for salt in salts]
    assert filled == "".join(f'<a href="{url}">{url}</a>\n' for url in urls)
    assert urls[0].startswith("http://sise.example/r/")


@given(st.text())
def test_a_body_without_placeholders_stays_as_it_is(body):
    assert fill(body.encode(), Live(SECRET, "http://sise.example")).decode() == body


def test_what_only_looks_like_a_placeholder_is_left_alone():
    body = "@@link:zz@@ @@link:@@ @@link:" + "0" * 31 + "@@"

    assert fill(body.encode(), Live(SECRET, "http://sise.example")).decode() == body
