"""What the office changed, in words."""

from notifications.change_words import author_words
from notifications.wording import ENGLISH


def test_what_no_person_changed_is_told_in_the_reader_s_language():
    assert [author_words(by, ENGLISH) for by in ("命令行", "数据平台（接口）", "王芳")] == [
        "command line",
        "数据平台 (API)",
        "王芳",
    ]
    assert author_words("数据平台（接口）") == "数据平台（接口）"
