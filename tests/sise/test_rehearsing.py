"""`sise rehearse`, as whoever thinks of another ladder runs it."""

from datetime import timedelta

from tests.conftest import SEEDS

DEFAULT = SEEDS / "policies" / "default.toml"


def test_what_a_stricter_policy_would_have_done_is_shown_and_nothing_written(kept, tmp_path, today):
    for n in range(12, -1, -1):
        kept.done("night", "--inline", "--date", today - timedelta(days=n))
    stricter = tmp_path / "stricter.toml"
    text = DEFAULT.read_text(encoding="utf-8")
    stricter.write_text(text.replace('after = "10d"', 'after = "3d"'), encoding="utf-8")
    before = kept.done("tasks", "--json").out

    same = kept.done("rehearse", DEFAULT, "--from", today - timedelta(days=5), "--json").json
    other = kept.done("rehearse", stricter, "--json").json
    shown = kept.done("rehearse", stricter).out

    assert (same["tasks"], same["policy"]) == (4, "default")
    assert other["would"]["yellow"] > other["was"]["yellow"]
    assert "教-3" in [one["number"] for one in other["differ"]]
    assert "未写入任何内容" in shown
    assert "教-3" in shown
    assert kept.done("tasks", "--json").out == before


def test_days_that_cannot_be_rehearsed_are_one_clear_line(kept, today):
    ahead = kept.refused("rehearse", DEFAULT, "--to", today + timedelta(days=1), code=2)
    assert f"{today} 及以前" in ahead
    turned = ("--from", today, "--to", today - timedelta(days=1))
    assert "起不晚于止" in kept.refused("rehearse", DEFAULT, *turned, code=2)
    assert "无法读取" in kept.refused("rehearse", "none.toml", code=2)
