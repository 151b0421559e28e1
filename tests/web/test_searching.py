"""A search on the board: what is written in other letters, and what a search must not tell."""

from datetime import date

import pytest

from flows import word_search

LATER = date(2022, 7, 20)
STILL = 'class="soft">编号或事项含这些字的超过'


@pytest.mark.parametrize("words", ["İstanbul", "İ", "ß", "ẞ", "ǅ", "ΣΊΣΥΦΟΣ", "ς", "ſ", "ﬁ", "𐐀丙"])
def test_a_matter_is_found_by_its_own_words_whatever_letters_they_have(cast, sign_in, words):
    cast.task("甲-1", LATER, title=f"关于{words}的问题")
    cast.task("甲-2", LATER, title=words)
    page = sign_in("olga").get("/", params={"number": words}).text
    assert "甲-1" in page
    assert "甲-2" in page


def test_what_a_reader_is_not_told_is_not_counted_and_takes_no_place(cast, sign_in, monkeypatch):
    """Hugo sees every matter, but not the titles of restricted ones."""
    monkeypatch.setattr(word_search, "MOST", 3)
    monkeypatch.setattr("web.board.MOST", 3)
    cast.task("甲-1", LATER, title="校车线索")
    for n in range(6):
        cast.task(f"密-{n}", LATER, title="某人的线索", restricted=True)
    for words in ("校车线索", "线索", "线"):
        page = sign_in("hugo").get("/", params={"number": words}).text
        assert "甲-1" in page, words
        assert "密-" not in page
        assert STILL not in page, "that would tell that there are more"
    assert STILL in sign_in("olga").get("/", params={"number": "线索"}).text
