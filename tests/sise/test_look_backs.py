"""`sise look-back`: what was drawn, the proof of it, and what the office adds."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from flows.database import open_engine
from tests.conftest import gather_cast, office_on
from tests.look_backs import another_reviewer, sign_off
from tests.sign_offs import gather_bench
from tests.sise.conftest import Sise


@pytest.fixture
def closed(ready: Sise, tmp_path, today: date) -> Sise:
    """Two matters that were signed off so long ago that both dates came last month."""
    engine = open_engine(f"sqlite:///{tmp_path / 'home/sise.db'}")
    with engine.begin() as connection:  # `sise init` loaded the rules; the cast brings its own
        connection.execute(text("DELETE FROM procedure"))
        connection.execute(text("DELETE FROM policy"))
    bench = gather_bench(office_on(engine, tmp_path / "home"), gather_cast(engine))
    another_reviewer(bench)
    for number in ("甲-1", "甲-2"):
        bench.task(number, today - timedelta(days=200))
        sign_off(bench, number, today - timedelta(days=250), open_it=False)
    engine.dispose()
    return ready


def test_a_sample_is_listed_and_can_be_drawn_again(closed: Sise):
    assert "还没有抽样" in closed.done("look-back", "rounds").out
    closed.done("night", "--inline")

    [row] = closed.done("look-back", "rounds", "--json").json
    assert (row["procedure"], row["eligible"], row["drawn"]) == ("巡视整改", 2, 2)
    assert (row["checked"], row["verdicts"]) == (0, {})
    assert row["seed"] in closed.done("look-back", "rounds").out
    again = closed.done("look-back", "draw-again", row["id"], "--json").json
    assert (sorted(again["drawn"]), again["same"]) == (["甲-1", "甲-2"], True)
    assert "结果一致" in closed.done("look-back", "draw-again", row["id"]).out


def test_what_waits_is_listed_with_who_checks(closed: Sise):
    assert "没有待查" in closed.done("look-back", "list").out
    closed.done("night", "--inline")

    [one, two] = closed.done("look-back", "list", "--json").json
    assert [one["number"], two["number"]] == ["甲-1", "甲-2"]
    assert (one["checkers"], one["last"], one["verdict"]) == (["ruth"], True, None)
    assert "ruth" in closed.done("look-back", "list").out


def test_a_sample_that_was_tampered_with_is_told(closed: Sise, tmp_path):
    closed.done("night", "--inline")
    engine = open_engine(f"sqlite:///{tmp_path / 'home/sise.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE look_back SET round_id = NULL WHERE id = 1"))
    engine.dispose()

    assert "与种子不符" in closed.refused("look-back", "draw-again", 1, code=1)


def test_the_office_adds_a_matter_by_its_number(closed: Sise):
    assert "由ruth于" in closed.done("look-back", "add", "甲-1", "--why", "群众有反映").out

    assert "已列入回头看" in closed.refused("look-back", "add", "甲-1", "--why", "再查", code=2)
    added = closed.done("look-back", "add", "甲-2", "--why", "群众有反映", "--json").json
    assert (added["number"], added["round_id"], added["last"]) == ("甲-2", None, True)


def test_the_task_tells_of_its_look_backs(closed: Sise):
    closed.done("look-back", "add", "甲-1", "--why", "群众有反映")

    facts = closed.done("task", "甲-1", "--json").json
    assert (facts["cycle"], facts["look_backs"][0]["checkers"]) == (1, ["ruth"])
    said = closed.done("task", "甲-1").out
    assert "回头看" in said
    assert "待查" in said
    assert "轮整改" not in said


def test_what_cannot_be_done_is_one_sentence(closed: Sise):
    for number in (7, 2**63):
        said = closed.refused("look-back", "draw-again", number, code=2)
        assert f"没有第 {number} 号抽样" in said
    assert "没有编号" in closed.refused("look-back", "add", "丙-9", "--why", "抽查", code=2)
    assert "请写明理由" in closed.refused("look-back", "add", "甲-1", "--why", " ", code=2)
    assert "--why" in closed.refused("look-back", "add", "甲-1", code=2)
